import type { MemoryCore, Work } from '../../adapter/store/memory/index.ts'
import type { Invariants } from './invariants.ts'
import type { Sim } from './sim.ts'

/** At rest: what can be told only at the end. `acting`: flows whose work has an effect that is told. */
export function verdict(
  sim: Sim,
  core: MemoryCore,
  invariants: Invariants,
  unheard: number,
  acting: ReadonlySet<string>,
): void {
  if (unheard > 0) sim.fail('never acknowledged', `${unheard} sends`)
  for (const work of core.works.values()) {
    if (work.state === 'pending') sim.fail('stuck', `${nameOf(work)} is neither done nor dead${whyStuck(core, work)}`)
    else if (core.lanes.holder(work.id) !== undefined)
      sim.fail('two states', `${nameOf(work)} is ${work.state} and leased`)
    if (work.state !== 'delivered' && bodyOf(work).length === 0)
      sim.fail('body lost', `${nameOf(work)} is ${work.state}`)
    if (acting.has(work.flow) && work.state === 'delivered' && !invariants.hasEffect(work)) {
      sim.fail('done without effect', nameOf(work))
    }
  }
  const { accepted, delivered, skipped, discarded } = core.counts
  const states = { delivered: 0, skipped: 0, discarded: 0 }
  for (const { state } of core.works.values()) if (state in states) states[state as keyof typeof states]++
  if (states.delivered !== delivered || states.skipped !== skipped || states.discarded !== discarded) {
    sim.fail('miscounted', `${JSON.stringify(states)} but counted ${JSON.stringify(core.counts)}, accepted ${accepted}`)
  }
}

const bodyOf = (work: Work): Uint8Array => work.body ?? work.message.body

const nameOf = ({ flow, message }: Work): string => `${flow} ${message.id}`

function whyStuck(core: MemoryCore, work: Work): string {
  const holder = core.lanes.holder(work.id)
  if (holder !== undefined) return `, leased by ${holder.owner}`
  const { due } = core.lanes.note(work.id)
  return due > 0 ? `, due at ${due / 1_000} s` : ''
}
