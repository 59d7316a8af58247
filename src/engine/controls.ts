import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Host } from '../port/host.ts'
import type { Store } from '../port/store.ts'
import { connectorsOf } from './connectors.ts'
import type { Control, ControlOptions } from './desk.ts'

/** The operator's pauses and limits: one small document in the store, so that they hold through a restart. */
export interface Controls {
  load(): Promise<void>
  /** Learns of what other processes set, until `stop`. Their changes take effect here within a second. */
  follow(stop: AbortSignal): Promise<void>
  list(): readonly Control[]
  set(control: Omit<Control, 'sinceMs' | 'untilMs'>, options: ControlOptions): Promise<Control>
  clear(target: string): Promise<void>
  /** The pause that holds this flow now. */
  pauseOf(flow: Flow): Control | undefined
  /** How many messages of the flow may be at work; `active` counts those of a connector. */
  room(flow: Flow, running: number, active: (connector: string) => number): number
}

const DOCUMENT = 'tieline/controls'
const RACES = 5
/** An operator's change holds everywhere within a second. */
const FOLLOW_MS = 500

export function createControls(store: Store, host: Host, flows: readonly Flow[], changed: () => void): Controls {
  let controls: readonly Control[] = []
  let version = 0
  const known = new Set(
    flows.flatMap((flow) => [`flow:${flow.name}`, ...connectorsOf(flow).map((name) => `connector:${name}`)]),
  )

  async function load(): Promise<void> {
    const [document] = await store.read([DOCUMENT])
    version = document?.version ?? 0
    controls = document === undefined ? [] : (JSON.parse(document.body) as Control[])
  }

  async function follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await host.clock.sleep(FOLLOW_MS, stop)
      const before = version
      try {
        if (!stop.aborted) await load()
      } catch (error) {
        host.log('warn', 'engine.controls', { fault: faultOf(error) }) // what is known stays in force
      }
      if (version !== before) changed()
    }
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
    if (known.has(target)) return
    throw new TielineError('NOT_FOUND', `there is no ${JSON.stringify(target)}; there are ${[...known].join(', ')}`)
  }

  function of(flow: Flow, kind: Control['kind']): readonly Control[] {
    const all = current()
    if (all.length === 0) return all
    return all.filter((control) => control.kind === kind && concerns(control, flow))
  }

  return {
    load,
    follow,
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
      return full
    },
    clear: async (target) => {
      check(target)
      await change((now) => now.filter((one) => one.target !== target))
    },
    pauseOf: (flow) => of(flow, 'pause')[0],
    room: (flow, running, active) => {
      if (controls.length === 0) return flow.concurrency - running
      if (of(flow, 'pause').length > 0) return 0
      let room = flow.concurrency - running
      for (const { target, concurrency = Number.POSITIVE_INFINITY } of of(flow, 'limit')) {
        room = Math.min(
          room,
          concurrency - (target.startsWith('flow:') ? running : active(target.slice('connector:'.length))),
        )
      }
      return room
    },
  }
}

function concerns(control: Control, flow: Flow): boolean {
  return (
    control.target === `flow:${flow.name}` || connectorsOf(flow).some((name) => control.target === `connector:${name}`)
  )
}
