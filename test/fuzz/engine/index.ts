import type { WorkState } from '../../../src/port/store.ts'
import { type AnyTarget, type Broken, target } from '../target.ts'
import { type Life, life } from './command.ts'
import { Pair } from './pair.ts'
import type { SideLaw } from './provider.ts'
import type { Shelf } from './runtime.ts'
import { inMemory, inMemoryWindowed, onDisk } from './shelf.ts'

type Law = SideLaw | 'says' | 'counts' | 'fault' | 'settles' | 'recovers'

const LAWS: Readonly<Record<Law, string>> = {
  says: 'what is sent, replayed, discarded or corrected is answered as the model says',
  counts:
    'after each command accepted, duplicates, quarantined and discarded are those of the model, and nothing is lost between the states',
  settles: 'when nothing moves any more, each message is where the model has it',
  fault: 'a dead letter tells the fault that its last attempt ended in',
  recovers: 'once the provider takes everything and all dead letters are replayed, everything is delivered',
  order: 'within a key calls keep the order of acceptance, and a dead letter holds what is behind it',
  alone: 'of a key there is one call at a time',
  attempts: 'attempts count from 1 without a gap, at most three; one is repeated only when an engine was interrupted',
  key: 'all calls of a message carry one idempotency key, and no other message has it',
  controls: 'a paused flow makes no call, a limited one no more than allowed',
  known: 'only what was accepted is called',
}

/** The engine against its model, on a store. */
function engineOn(name: string, open: () => Promise<Shelf>, runs: number): AnyTarget {
  return target<Life, Law>({
    name,
    about: `lives of the engine against a small model: ${name.slice('engine-'.length)}`,
    runs,
    laws: LAWS,
    make: life,
    async check(given, broken) {
      await using shelf = await open()
      const pair = await Pair.begin(given, shelf)
      try {
        await liveThrough(pair, given, broken)
      } finally {
        await pair.runtime.close()
      }
    },
  })
}

export const ENGINES: readonly AnyTarget[] = [
  engineOn('engine-memory', inMemory, 1_000),
  engineOn('engine-windows', inMemoryWindowed, 1_000),
  engineOn('engine-sqlite', onDisk, 100),
]

async function liveThrough(pair: Pair, { commands }: Life, broken: Broken<Law>): Promise<void> {
  for (const command of commands) {
    const differs = await pair.do(command)
    if (differs !== undefined) broken('says', differs)
    await pair.runtime.idle()
    await look(pair, broken)
  }
  pair.heal()
  await pair.release()
  await settle(pair, 'settles', broken)
  pair.model.healthy = true
  await pair.do({ do: 'replay all' })
  await settle(pair, 'recovers', broken)
}

/** What must hold at any time. */
async function look({ model, provider, desk, runtime }: Pair, broken: Broken<Law>): Promise<void> {
  if (provider.broken !== undefined) broken(provider.broken.law, provider.broken.what)
  const status = await runtime.until(desk.status())
  const found = [status.accepted, status.duplicates, status.quarantined, status.discarded, status.skipped]
  const wanted = [model.messages.size, model.duplicates, model.quarantined.size, model.discarded, 0]
  if (found.join() !== wanted.join())
    broken('counts', `accepted, duplicates, quarantined, discarded, skipped: ${found}, not ${wanted}`)
  const gone = [...model.messages.values()].filter(({ discarded }) => discarded).length
  if (status.pending + status.delivered + status.dead + gone !== model.messages.size)
    broken('counts', JSON.stringify(status))
}

const MINUTES = 20

/** Lets time pass until every message is where the model has it. */
async function settle(pair: Pair, law: 'settles' | 'recovers', broken: Broken<Law>): Promise<void> {
  const { model, runtime } = pair
  const wanted = [...model.ends()].map(([id, state]) => `${id} ${state}`).sort()
  let found: readonly string[] = []
  for (let minute = 0; minute < MINUTES; minute++) {
    await runtime.advance(60_000)
    await look(pair, broken)
    found = await states(pair)
    if (found.join() === wanted.join()) break
  }
  if (found.join() !== wanted.join()) broken(law, `${found}, not ${wanted}`)
  for (const { id, fault } of await pair.rows('dead')) {
    const message = model.messages.get(id)
    const fate = message && model.fate(message)
    if (fate?.as !== 'dead' || fate.code !== fault?.code) broken('fault', `${id} died of ${fault?.code}`)
  }
}

const STATES: readonly WorkState[] = ['pending', 'delivered', 'dead', 'discarded', 'skipped']

async function states(pair: Pair): Promise<readonly string[]> {
  const rows = await pair.rows(...STATES)
  return rows
    .filter(({ flow }) => flow !== '')
    .map(({ id, state }) => `${id} ${state}`)
    .sort()
}
