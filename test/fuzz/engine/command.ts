import type { Chance } from '../chance.ts'

/** What the provider says to one attempt. `slow` is a success after two seconds, `timeout` no answer in time. */
export type Answer = 'ok' | 'slow' | 'error' | 'busy' | 'timeout' | 'refused'

/** An event of message `n`. A broken one breaks the contract. */
export interface Sent {
  readonly n: number
  readonly good: boolean
}

export type Command =
  | { readonly do: 'send'; readonly events: readonly Sent[] }
  | { readonly do: 'advance'; readonly ms: number }
  /**
   * `drain`: one engine stops as a signal stops it. `crash`: what it asks and is answered is lost from now on. `reopen`: all stop, and the store is
   * closed and opened. `kill`: the same after a crash of all.
   */
  | { readonly do: 'restart'; readonly how: 'drain' | 'crash' | 'reopen' | 'kill' }
  | { readonly do: 'second' }
  /** The store does not answer one engine any more, until it is healed. */
  | { readonly do: 'freeze' }
  | { readonly do: 'heal' }
  | { readonly do: 'replay' | 'discard' | 'correct'; readonly pick: number }
  | { readonly do: 'replay all' }
  | { readonly do: 'pause' | 'resume' }
  | { readonly do: 'limit'; readonly most: number }

/** A life of the runtime. `scripts[n]` are the provider's answers to message n: a list for the first run, one for its first replay … */
export interface Life {
  readonly scripts: readonly (readonly (readonly Answer[])[])[]
  readonly commands: readonly Command[]
}

const MESSAGES = 12
const MOST_COMMANDS = 30
const ANSWERS: readonly Answer[] = ['ok', 'ok', 'slow', 'error', 'error', 'busy', 'timeout', 'refused']

export function life(chance: Chance): Life {
  const answers = (): Answer[] => Array.from({ length: chance.between(0, 3) }, () => chance.one(ANSWERS))
  return {
    scripts: Array.from({ length: MESSAGES }, () => Array.from({ length: chance.between(0, 3) }, answers)),
    commands: Array.from({ length: chance.between(1, MOST_COMMANDS) }, () => command(chance)),
  }
}

function command(chance: Chance): Command {
  const sent = (): Sent => ({ n: chance.below(MESSAGES), good: !chance.once(8) })
  switch (chance.below(20)) {
    case 0:
      return { do: 'restart', how: chance.one(['drain', 'crash', 'reopen', 'kill'] as const) }
    case 1:
      return { do: 'second' }
    case 2:
      return { do: chance.one(['freeze', 'heal'] as const) }
    case 3:
    case 4:
      return { do: chance.one(['replay', 'discard', 'correct'] as const), pick: chance.below(4) }
    case 5:
      return { do: 'replay all' }
    case 6:
      return { do: chance.one(['pause', 'resume'] as const) }
    case 7:
      return { do: 'limit', most: chance.between(1, 3) }
    case 8:
    case 9:
    case 10:
    case 11:
      return { do: 'advance', ms: chance.one([0, 1, 100, 1_000, 3_000, 12_000, 60_000]) }
    default:
      return { do: 'send', events: Array.from({ length: chance.once(4) ? chance.between(2, 4) : 1 }, sent) }
  }
}
