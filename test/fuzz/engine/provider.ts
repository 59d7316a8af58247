import { TielineError } from '../../../src/core/error.ts'
import type { HttpRequest, HttpResponse } from '../../../src/port/http.ts'
import type { Seen, World } from '../../engine/world.ts'
import { ATTEMPTS, type Message, type Model } from './model.ts'

export type SideLaw = 'order' | 'alone' | 'attempts' | 'key' | 'controls' | 'known'

interface Call {
  readonly message: Message
  readonly since: number
  /** Its engine is cut off: what becomes of it is nobody's outcome. */
  orphan: boolean
}

const SLOW_MS = 2_000
const RETRY_AFTER_S = '5'

/** The other side: answers by script, and sees what nobody but the other side can see. */
export class Provider {
  readonly #model: Model
  readonly #world: World
  readonly #calls = new Set<Call>()
  readonly #keys = new Map<string, string>()
  /** Calls of each message, run and attempt. */
  readonly #made = new Map<string, number>()
  readonly #last = new Map<string, number>()
  #count = 0
  /** Each may repeat a call, for its answer was lost. */
  #interruptions = 0
  paused = false
  limit: { readonly most: number; readonly since: number; engines: () => number } | undefined
  /** The first law that was broken. */
  broken: { readonly law: SideLaw; readonly what: string } | undefined

  constructor(model: Model, world: World) {
    this.#model = model
    this.#world = world
    world.answer = (seen, request) => this.#answer(seen, request)
  }

  /** Instants in calls made: what is limited from now on. */
  get now(): number {
    return this.#count
  }

  /** So many engines are stopped or cut off: calls that are under way may be theirs. */
  interrupt(engines: number): void {
    this.#interruptions += engines
    for (const call of this.#calls) call.orphan = true
  }

  async #answer(seen: Seen, request: HttpRequest): Promise<number | HttpResponse> {
    const message = this.#model.messages.get(seen.body.id)
    if (message === undefined) return this.#break('known', `${seen.body.id} was never accepted`)
    const attempt = Number(seen.attempt)
    this.#look(message, seen.key, attempt)
    const call: Call = { message, since: this.#count++, orphan: false }
    this.#calls.add(call)
    try {
      return await this.#say(message, attempt, request)
    } finally {
      this.#calls.delete(call)
    }
  }

  async #say(message: Message, attempt: number, request: HttpRequest): Promise<number | HttpResponse> {
    const { clock } = this.#world
    const wait = (ms: number): Promise<unknown> => Promise.race([clock.sleep(ms), this.#world.unanswered(request)])
    switch (this.#model.answer(message, attempt)) {
      case 'ok':
        return 200
      case 'slow':
        await wait(SLOW_MS)
        return 200
      case 'error':
        return 500
      case 'busy':
        return { status: 429, headers: { 'retry-after': RETRY_AFTER_S }, body: new Uint8Array() }
      case 'refused':
        return 400
      case 'timeout':
        await wait(request.timeoutMs)
        throw new TielineError('HTTP_TIMEOUT', 'no answer')
    }
  }

  #look(message: Message, key: string, attempt: number): void {
    this.#lookAtOrder(message)
    this.#lookAtKey(message.id, key)
    this.#lookAtAttempt(`${message.id} ${message.replays}`, attempt)
    this.#lookAtControls(message.id)
  }

  #lookAtOrder(message: Message): void {
    const { id, key, place } = message
    const dead = this.#model.before(message).find((one) => !one.discarded && this.#model.fate(one).as === 'dead')
    if (dead !== undefined) this.#break('order', `${id} was called though ${dead.id} before it is dead`)
    const later = [...this.#keys.keys()].find((one) => {
      const other = this.#model.messages.get(one)
      return other?.key === key && other.place > place
    })
    if (later !== undefined) this.#break('order', `${id} was called after ${later}, which is behind it`)
    const beside = [...this.#calls].find((call) => !call.orphan && call.message.key === key)
    if (beside !== undefined) this.#break('alone', `${id} was called while ${beside.message.id} of its key was`)
  }

  #lookAtKey(id: string, key: string): void {
    const known = this.#keys.get(id)
    if (known !== undefined && known !== key) this.#break('key', `${id} came with another key`)
    if (known === undefined && [...this.#keys.values()].includes(key))
      this.#break('key', `${id} has the key of another`)
    this.#keys.set(id, key)
  }

  /** @param run a message between two replays */
  #lookAtAttempt(run: string, attempt: number): void {
    const last = this.#last.get(run) ?? 0
    const [least, most] = [Math.max(1, last), Math.min(ATTEMPTS, last + 1)]
    if (!(attempt >= least && attempt <= most)) this.#break('attempts', `${run}: attempt ${attempt} after ${last}`)
    this.#last.set(run, attempt)
    const made = (this.#made.get(`${run} ${attempt}`) ?? 0) + 1
    this.#made.set(`${run} ${attempt}`, made)
    if (made > 1 + this.#interruptions) this.#break('attempts', `${run}: attempt ${attempt} was made ${made} times`)
  }

  #lookAtControls(id: string): void {
    if (this.paused) this.#break('controls', `${id} was called while its flow is paused`)
    if (this.limit === undefined) return
    const { most, since, engines } = this.limit
    const active = [...this.#calls].filter((call) => !call.orphan && call.since >= since).length + 1
    if (active > most * engines())
      this.#break('controls', `${active} calls at once in ${engines()} engines, ${most} are allowed in each`)
  }

  #break(law: SideLaw, what: string): number {
    this.broken ??= { law, what }
    return 400
  }
}
