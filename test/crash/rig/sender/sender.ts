import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../../src/port/random.ts'
import type { Answered, EventData, Ledger } from '../ledger.ts'
import { attempt, type Cut } from './attempt.ts'

export interface SenderOptions {
  readonly name: string
  readonly keys: number
  /** Of the runtimes; each attempt goes to one of them. */
  readonly ports: readonly number[]
  readonly random: Random
  readonly ledger: Ledger<Answered>
  /** An answer that no retry will change. */
  readonly refused: (what: string) => void
}

export interface Sender {
  /** Begins no further event. Resolves when each that was begun has its 2xx. */
  stop(): Promise<void>
}

/** Shares of events. */
const SHARE = Object.freeze({ twins: 0.03, again: 0.05, cut: 0.03, large: 0.05 })
/** Pause of a key between two events, at most; with all keys some 200 events a second. ms */
const PAUSE_MS = 300
const AGAIN_MS = 3_000
const BACKOFF_MS = Object.freeze({ least: 20, most: 200 })

/**
 * A provider's webhooks: each event of a key is sent until it gets a 2xx, and only then the next, so that the order of acceptance is known.
 * Some are sent twice at once, some again later, some through a connection that is cut.
 */
export function startSender({ name, keys, ports, random, ledger, refused }: SenderOptions): Sender {
  let stopped = false
  const repeats = new Set<Promise<void>>()

  async function once(data: EventData, body: string, cut?: Cut): Promise<boolean> {
    const answer = await attempt(ports[Math.floor(random() * ports.length)] as number, data.event, body, cut)
    if (answer === undefined) return false
    const { status } = answer
    if (status === 200 || status === 202) {
      const { duplicate } = JSON.parse(answer.body) as { duplicate: boolean }
      ledger.append({ ...data, status, duplicate })
      return true
    }
    if (status < 500 && status !== 429 && status !== 408)
      refused(`${data.event}: ${status} ${answer.body.slice(0, 200)}`)
    return false
  }

  async function untilTaken(data: EventData, body: string): Promise<void> {
    let pause: number = BACKOFF_MS.least
    while (!(await once(data, body))) {
      await sleep(pause * (0.5 + random() / 2))
      pause = Math.min(BACKOFF_MS.most, pause * 2)
    }
  }

  async function oneKey(key: string): Promise<void> {
    for (let seq = 1; !stopped; seq++) {
      const data: EventData = { event: `${key}-${seq}`, key, seq }
      const filler = 'x'.repeat(random() < SHARE.large ? 8_000 + random() * 8_000 : random() * 400)
      const body = JSON.stringify({ type: 'order.changed', data, filler })
      const chance = random()
      if (chance < SHARE.cut) await once(data, body, random() < 0.5 ? 'in the body' : 'before the answer')
      const twin = chance > 1 - SHARE.twins ? untilTaken(data, body) : undefined
      await untilTaken(data, body)
      await twin
      if (random() < SHARE.again) repeat(data, body)
      await sleep(random() * PAUSE_MS)
    }
  }

  /** A deliberate duplicate, some time after the event was taken. */
  function repeat(data: EventData, body: string): void {
    const done: Promise<void> = sleep(random() * AGAIN_MS)
      .then(() => untilTaken(data, body))
      .then(() => {
        repeats.delete(done)
      })
    repeats.add(done)
  }

  const running = Promise.all(Array.from({ length: keys }, (_, n) => oneKey(`${name}${n}`)))
  return {
    stop: async () => {
      stopped = true
      await running
      await Promise.all(repeats)
    },
  }
}
