import { parseArgs } from 'node:util'
import { RESERVED, STORES, type StoreUnderTest } from './supervise/store.ts'

export interface Options {
  readonly kills: number
  readonly seed: number
  readonly store: StoreUnderTest
  readonly json: boolean
  readonly help: boolean
}

/** Wrong use: the sentence says what is expected. */
export class UsageError extends Error {}

const MOST_KILLS = 10_000
const MOST_SEED = 2 ** 31 - 1

/** @throws {UsageError} */
export function optionsOf(args: readonly string[]): Options {
  const { kills, seed, store, json, help } = parsed(args)
  const drawn = 1 + Math.floor(Math.random() * MOST_SEED)
  return {
    kills: whole('kills', kills, MOST_KILLS),
    seed: seed === undefined ? drawn : whole('seed', seed, MOST_SEED),
    store: storeNamed(store),
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
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (thrown) {
    throw new UsageError(
      `${(thrown as Error).message.split('. ')[0]}; the options are --kills, --seed, --store, --json, --help`,
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
  const there = Object.keys(STORES).join(', ')
  if (RESERVED.includes(name)) throw new UsageError(`--store ${name}: it is not there yet; there is ${there}`)
  throw new UsageError(`--store ${JSON.stringify(name)}: use ${there}`)
}
