import type { MemoryCore } from '../../adapter/store/memory/index.ts'
import type { Process } from './process.ts'
import type { Sim } from './sim.ts'

const LOOKS_EVERY_MS = { troubled: 5_000, calm: 1_000 }
const WAITS_MS = 15_000
/** When nothing fails any more. */
const REPLAYS = 2

/** Somebody on duty: replays dead letters now and then; what dies although nothing fails any more is given up. */
export function startOperator(sim: Sim, core: MemoryCore, processes: readonly (Process | undefined)[]): void {
  const replays = new Map<string, number>()
  let under: { readonly process: Process; readonly sinceMs: number } | undefined

  async function decide({ engine }: Process): Promise<void> {
    for (const { works } of await engine.desk.dead({})) {
      for (const work of works) {
        if (core.works.get(Number(work))?.state !== 'dead') continue
        const choice = { works: [work], why: 'on duty' }
        const before = replays.get(work) ?? 0
        const last = before >= REPLAYS
        sim.say('operator', last ? 'discards' : 'replays', work)
        if (last) await engine.desk.discard(choice)
        else await engine.desk.replay(choice)
        if (sim.calm) replays.set(work, before + 1)
      }
    }
  }

  function look(): void {
    sim.after(sim.calm ? LOOKS_EVERY_MS.calm : LOOKS_EVERY_MS.troubled, undefined, look)
    if (under?.process.life.alive === true && sim.now - under.sinceMs < WAITS_MS) return
    const process = processes.find((one) => one !== undefined && one.life.pausedUntilMs <= sim.now)
    if (process === undefined || ![...core.works.values()].some(({ state }) => state === 'dead')) return
    under = { process, sinceMs: sim.now }
    sim.after(0, process.life, () => void act(process))
  }

  async function act(process: Process): Promise<void> {
    try {
      await decide(process)
    } catch {
      sim.say('operator', 'tries again later')
    }
    under = undefined
  }
  look()
}
