import type { Desk } from '../../../src/engine/desk.ts'
import type { WorkRow, WorkState } from '../../../src/port/store.ts'
import { shop } from '../../engine/world.ts'
import type { Command, Life, Sent } from './command.ts'
import { idOf, keyOf, Model } from './model.ts'
import { Provider } from './provider.ts'
import { FLOW, type Live, Runtime, type Shelf } from './runtime.ts'

/** Three processes that die over a message take it out of the way; so many are not lost here that it comes to that. */
const MOST_CRASHES = 2
const WHY = 'a command'
const TARGET = `flow:${FLOW}`

/** A runtime and its model, side by side: each command is done to both. */
export class Pair {
  readonly model: Model
  readonly provider: Provider
  readonly runtime: Runtime
  #crashes = 0

  private constructor(runtime: Runtime, model: Model) {
    this.runtime = runtime
    this.model = model
    this.provider = new Provider(model, runtime.world)
  }

  static async begin({ scripts }: Life, shelf: Shelf): Promise<Pair> {
    return new Pair(await Runtime.open(shelf), new Model(scripts))
  }

  /** Does a command, where it can be done now. Gives what the runtime says otherwise than the model. */
  async do(command: Command): Promise<string | undefined> {
    const { runtime, provider } = this
    switch (command.do) {
      case 'send':
        return this.#send(command.events)
      case 'advance':
        await runtime.advance(command.ms)
        return undefined
      case 'restart':
        await this.#restart(command.how)
        return undefined
      case 'second':
        if (runtime.engines.length === 1) await runtime.start()
        return undefined
      case 'freeze':
        // It holds what it has until its lease ends, and may claim once more when it is back: two crashes of a message.
        if (runtime.engines.length === 2 && this.#crashes === 0 && !this.#controlled) {
          this.#crashes += 2
          provider.interrupt(1)
          runtime.engines[0]?.line.cut()
        }
        return undefined
      case 'heal':
        this.heal()
        return undefined
      case 'replay':
      case 'replay all':
        return this.#replay(command.do === 'replay' ? command.pick : undefined)
      case 'discard':
        return this.#discard(command.pick)
      case 'correct':
        return this.#correct(command.pick)
      case 'pause':
      case 'resume':
      case 'limit':
        await this.#control(command)
        return undefined
    }
  }

  heal(): void {
    for (const { line } of this.runtime.engines) if (line.isCut) line.heal()
  }

  /** Ends what an operator has set. */
  async release(): Promise<void> {
    this.provider.paused = false
    this.provider.limit = undefined
    for (const { engine } of this.#able) await this.runtime.until(engine.desk.resume(TARGET, WHY))
  }

  get desk(): Desk {
    return (this.#able[0] as Live).engine.desk
  }

  /** All works by state, of this flow or of the quarantine. */
  async rows(...states: readonly WorkState[]): Promise<readonly WorkRow[]> {
    return (await this.runtime.until(this.desk.find({ states, limit: 500 }))).items
  }

  get #able(): readonly Live[] {
    return this.runtime.engines.filter(({ line }) => !line.isCut)
  }

  get #controlled(): boolean {
    return this.provider.paused || this.provider.limit !== undefined
  }

  async #send(events: readonly Sent[]): Promise<string | undefined> {
    const wanted = this.model.send(events)
    const taking = (this.#able[0] as Live).engine.intake.take(shop, events.map(eventOf), new Uint8Array())
    const taken = await this.runtime.until(taking)
    const found = taken.as === 'quarantined' ? 'quarantined' : taken.messages.map(({ duplicate }) => duplicate)
    return String(found) === String(wanted) ? undefined : `sent: ${found}, not ${wanted}`
  }

  async #restart(how: 'drain' | 'crash' | 'reopen' | 'kill'): Promise<void> {
    const { runtime, provider } = this
    const crashes = how === 'crash' || how === 'kill' ? 1 : 0
    if (this.#crashes + crashes > MOST_CRASHES) return
    this.#crashes += crashes
    this.heal()
    const all = how === 'reopen' || how === 'kill'
    provider.interrupt(all ? runtime.engines.length : 1)
    const [live] = runtime.engines
    if (all) await runtime.reopen(how)
    else if (how === 'drain') await runtime.stop(live as Live)
    else runtime.crash(live as Live)
    if (runtime.engines.length === 0) await runtime.start()
  }

  async #replay(pick: number | undefined): Promise<string | undefined> {
    const dead = await this.rows('dead')
    const chosen = pick === undefined ? dead : dead.filter((_, i) => i === pick % dead.length)
    if (chosen.length === 0) return undefined
    for (const { id } of chosen) {
      const message = this.model.messages.get(id)
      if (message !== undefined) message.replays++
    }
    const moved = await this.runtime.until(this.desk.replay({ works: chosen.map(({ work }) => work), why: WHY }))
    return moved.length === chosen.length ? undefined : `replayed ${moved.length} of ${chosen.length} dead letters`
  }

  async #discard(pick: number): Promise<string | undefined> {
    const rows = await this.rows('dead', 'quarantined')
    const row = rows[pick % rows.length]
    if (row === undefined) return undefined
    this.model.discard(row.id, row.state as 'dead' | 'quarantined')
    const moved = await this.runtime.until(this.desk.discard({ works: [row.work], why: WHY }))
    return moved.length === 1 ? undefined : `${row.id} was not discarded`
  }

  /** A message of the quarantine comes with the body that it should have had. */
  async #correct(pick: number): Promise<string | undefined> {
    const rows = await this.rows('quarantined')
    const row = rows[pick % rows.length]
    if (row === undefined) return undefined
    this.model.readmit(row.id)
    const body = eventOf({ n: Number(row.id.slice(1)), good: true }).raw
    const moved = await this.runtime.until(this.desk.edit(row.work, body, WHY))
    return moved.length === 1 ? undefined : `${row.id} was not taken in`
  }

  /** On every engine: controls are one process's own, and what starts later reads them. */
  async #control(command: Controlling): Promise<void> {
    const { runtime, provider } = this
    if (this.#able.length < runtime.engines.length) return
    if (command.do === 'resume') return this.release()
    provider.limit = undefined // while it changes, either holds
    for (const { engine } of runtime.engines) {
      const { desk } = engine
      const setting =
        command.do === 'limit'
          ? desk.limit(TARGET, { concurrency: command.most }, { why: WHY })
          : desk.pause(TARGET, { why: WHY })
      await runtime.until(setting)
    }
    if (command.do === 'limit') {
      provider.limit = { most: command.most, since: provider.now, engines: () => runtime.engines.length }
    } else provider.paused = true
  }
}

type Controlling = Extract<Command, { readonly do: 'limit' }> | Extract<Command, { readonly do: 'pause' | 'resume' }>

function eventOf({ n, good }: Sent) {
  const id = idOf(n)
  const data = { id, customer: keyOf(n), amount: good ? n : 'many' }
  return { id, type: 'order', attributes: {}, data, raw: new TextEncoder().encode(JSON.stringify(data)) }
}
