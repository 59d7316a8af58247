import { parseArgs } from 'node:util'
import { pgBouncerMissing } from '../../server/pgbouncer.ts'
import { STORES, type StoreUnderTest } from './supervise/store.ts'

export interface Options {
  readonly kills: number
  readonly seed: number
  readonly store: StoreUnderTest
  readonly workers: number
  readonly pooler: boolean
  readonly json: boolean
  readonly help: boolean
}

/** Wrong use: the sentence says what is expected. */
export class UsageError extends Error {}

const MOST_KILLS = 10_000
const MOST_SEED = 2 ** 31 - 1

/** @throws {UsageError} */
export function optionsOf(args: readonly string[]): Options {
  const { kills, seed, json, help, pooler, workers, ...given } = parsed(args)
  const store = storeNamed(given.store)
  const drawn = 1 + Math.floor(Math.random() * MOST_SEED)
  return {
    kills: whole('kills', kills, MOST_KILLS),
    seed: seed === undefined ? drawn : whole('seed', seed, MOST_SEED),
    store,
    workers: workersOf(workers, store),
    pooler: poolerOf(pooler, store),
    json,
    help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string', default: '100' },
        seed: { type: 'string' },
        store: { type: 'string', default: 'sqlite' },
        workers: { type: 'string' },
        pooler: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (thrown) {
    throw new UsageError(
      `${(thrown as Error).message.split('. ')[0]}; the options are --kills, --seed, --store, --workers, --pooler, --json, --help`,
    )
  }
}

function whole(option: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new UsageError(`--${option} ${JSON.stringify(text)}: use a whole number from 1 to ${most}`)
}

function storeNamed(name: string): StoreUnderTest {
  const store = Object.hasOwn(STORES, name) ? STORES[name] : undefined
  if (store !== undefined) return store
  throw new UsageError(`--store ${JSON.stringify(name)}: use ${Object.keys(STORES).join(' or ')}`)
}

function workersOf(text: string | undefined, { name, workers: { most, usual } }: StoreUnderTest): number {
  if (text === undefined) return usual
  if (most === 1 && text !== '1') throw new UsageError(`--workers ${text}: ${name} is for one process`)
  return whole('workers', text, most)
}

function poolerOf(wanted: boolean, { name, pooled }: StoreUnderTest): boolean {
  if (!wanted) return false
  if (!pooled) throw new UsageError(`--pooler: ${name} has none; use --store postgres`)
  const missing = pgBouncerMissing()
  if (missing !== undefined) throw new UsageError(`--pooler: ${missing}`)
  return true
}
