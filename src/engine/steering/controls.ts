import { TielineError } from '../../core/error.ts'
import type { Flow } from '../../declare/flow/flow.ts'
import type { Host } from '../../port/host.ts'
import type { ClaimRequest, Document, Store } from '../../port/store.ts'
import { slots } from '../batch/slots.ts'
import type { Control, ControlOptions } from '../desk.ts'
import type { Audit } from './audit.ts'
import { resourceOf, resourcesOf } from './resource.ts'

export type NewControl = Omit<Control, 'sinceMs' | 'untilMs' | 'left'>

/** The operator's hand: one small document in the store, so that pauses and limits hold through a restart, and for every process. */
export interface Controls {
  /** The document that they are in. */
  readonly key: string
  load(): Promise<void>
  /** Learns of what other processes have set: the document as it stands. */
  learn(document: Document | undefined): void
  list(): readonly Control[]
  /** @throws {TielineError} NOT_FOUND, REQUEST_INVALID */
  set(control: NewControl, options: ControlOptions): Promise<Control>
  clear(target: string, why: string): Promise<void>
  /** What keeps this flow from claiming now. */
  stopOf(flow: Flow): Control | undefined
  /** What keeps this resource from being used now. */
  stopOn(target: string): Control | undefined
  /** Lanes that are not to be claimed. */
  readonly except: ClaimRequest['except']
  /** How many messages of the flow may be at work; `active` counts those of a resource. */
  room(flow: Flow, running: number, active: (target: string) => number): number
}

const DOCUMENT = 'tieline/controls'
const RACES = 5

export interface ControlsParts {
  readonly store: Store
  readonly host: Host
  readonly flows: readonly Flow[]
  readonly audit: Audit
  readonly changed: () => void
}

export function createControls({ store, host, flows, audit, changed }: ControlsParts): Controls {
  let controls: readonly Control[] = []
  let version = 0
  const known = new Map(flows.map((flow) => [flow, resourcesOf(flow)]))
  const all = new Set([...known.values()].flatMap((names) => [...names]))

  async function load(): Promise<void> {
    const [document] = await store.read([DOCUMENT])
    take(document)
  }

  function take(document: Document | undefined): void {
    version = document?.version ?? 0
    controls = document === undefined ? [] : (JSON.parse(document.body) as Control[])
  }

  async function change(next: (now: readonly Control[]) => readonly Control[]): Promise<void> {
    for (let race = 0; race < RACES; race++) {
      await load()
      const body = JSON.stringify(next(current()))
      const [verdict] = await store.write([{ key: DOCUMENT, expected: version, body }])
      if (verdict !== 'ok') continue // somebody else wrote: read again
      await load()
      changed()
      return
    }
    throw new TielineError('STORE_UNAVAILABLE', 'others change the controls at the same time; try again')
  }

  /** A control ends by itself; nothing needs to wake for that, for every claim asks. */
  function current(): readonly Control[] {
    if (controls.length === 0) return controls
    const now = host.clock.now()
    return controls.filter((control) => control.untilMs === undefined || control.untilMs > now)
  }

  function check(target: string): void {
    const { kind } = resourceOf(target)
    // Tenants and keys are known by their messages only.
    if (kind === 'tenant' || kind === 'key' || all.has(target)) return
    const of = [...all].filter((name) => name.startsWith(`${kind}:`))
    throw new TielineError('NOT_FOUND', `there is no ${JSON.stringify(target)}; there are ${of.join(', ')}`)
  }

  function stops(): readonly Control[] {
    return current().filter(({ kind }) => kind !== 'limit')
  }

  return {
    key: DOCUMENT,
    load,
    learn: (document) => {
      const before = version
      if ((document?.version ?? 0) === before) return
      take(document)
      changed()
    },
    list: current,
    set: async (control, options) => {
      check(control.target)
      const sinceMs = host.clock.now()
      const full: Control = {
        ...control,
        why: options.why,
        sinceMs,
        ...(options.forMs === undefined ? {} : { untilMs: sinceMs + options.forMs }),
      }
      await change((now) => [...now.filter((one) => one.target !== control.target || one.kind !== control.kind), full])
      await audit.note({ verb: control.kind, target: control.target, why: options.why })
      return full
    },
    clear: async (target, why) => {
      check(target)
      await change((now) => now.filter((one) => one.target !== target))
      await audit.note({ verb: 'resume', target, why })
    },
    stopOf: (flow) => stops().find(({ target }) => known.get(flow)?.has(target) && holds(target, flow)),
    stopOn: (target) => stops().find((control) => control.target === target),
    get except(): ClaimRequest['except'] {
      if (controls.length === 0) return undefined
      const stopped = stops().map(({ target }) => resourceOf(target))
      const named = (of: string): string[] => stopped.filter(({ kind }) => kind === of).map(({ name }) => name)
      const except = { tenants: named('tenant'), keys: named('key') }
      return except.tenants.length + except.keys.length === 0 ? undefined : except
    },
    room: (flow, running, active) => {
      if (controls.length === 0) return slots(flow) - running
      let room = slots(flow) - running
      for (const { kind, target, concurrency = Number.POSITIVE_INFINITY } of current()) {
        if (!known.get(flow)?.has(target)) continue
        if (kind !== 'limit') {
          if (holds(target, flow)) return 0
        } else room = Math.min(room, concurrency - (target === `flow:${flow.name}` ? running : active(target)))
      }
      return room
    },
  }
}

/** A saga goes on up to the operation that is stopped; a flow with one call need not begin. */
function holds(target: string, { to }: Flow): boolean {
  return to.kind === 'target' || !target.startsWith('operation:')
}
