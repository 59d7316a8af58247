import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Claimed, ClaimRequest, Outcome } from '../port/store.ts'
import { slots } from './batch/slots.ts'
import { type Held, LEASE_MS } from './held.ts'
import { settleOne } from './settle.ts'
import { createWake, type Wake } from './wake.ts'
import { arrived, type WorkParts, work } from './work.ts'

/** The loop of one flow: claim -> work -> settle. Each flow has its own slots, so that a slow provider costs only its own flows. */
export interface Runner {
  readonly flow: Flow
  readonly running: number
  /** Work may be ready, or a slot free, or a control changed. */
  wake(): void
  /** Claims until `stop`; resolves when the loop has ended. Work at hand may still run. */
  run(): Promise<void>
  stop(): void
}

export interface RunnerParts extends WorkParts {
  readonly held: Set<Held>
  /** How many more messages of this flow may be at work now: its slots, less what controls allow. */
  readonly room: (flow: Flow, running: number) => number
  /** Lanes that are not to be claimed now. */
  readonly except: (flow: Flow) => ClaimRequest['except']
  readonly progressed: () => void
  /** The oldest of what was claimed just now. */
  readonly claimed: (flow: Flow, first: Claimed) => void
  readonly ended: (flow: Flow) => void
}

/** Behind every wake-up, in case it is lost. */
const POLL_MS = 1_000
/** After a claim that failed. */
const FAILED_MS = 200

export function createRunner(parts: RunnerParts, flow: Flow): Runner {
  const { store, host } = parts
  const flows = flow.was === undefined ? [flow.name] : [flow.name, flow.was]
  const hint: Wake = createWake()
  const { gates } = parts
  const request = {
    flows,
    owner: host.name,
    leaseMs: LEASE_MS,
    ...(flow.weights === undefined ? {} : { weights: flow.weights }),
  }
  let coming = false
  let running = 0
  let stopped = false

  async function run(): Promise<void> {
    void poll().catch((error: unknown) => host.log('error', 'engine.poll', { flow: flow.name, error }))
    while (!stopped) {
      const room = parts.room(flow, running)
      const claimed = await claim(room)
      if (claimed > 0 || stopped) continue
      if (room <= 0 && running < slots(flow)) comeBack()
      await hint.wait()
    }
  }

  async function claim(limit: number): Promise<number> {
    if (limit <= 0) return 0
    const sent = host.clock.mono()
    try {
      const except = parts.except(flow)
      const mine = await store.claim({ ...request, limit, ...(except === undefined ? {} : { except }) })
      gates.took(flow, mine.length)
      if (mine[0] !== undefined) parts.claimed(flow, mine[0])
      for (const one of mine) start(one, sent)
      return mine.length
    } catch (error) {
      host.log('warn', 'engine.claim', { flow: flow.name, fault: faultOf(error) })
      await host.clock.sleep(FAILED_MS * (0.5 + host.random()), parts.stop) // what was given back wakes us at once
      return 0
    }
  }

  /** A gate has no room now: again when it may have some. */
  function comeBack(): void {
    const ms = gates.opensIn(flow)
    if (coming || !Number.isFinite(ms)) return
    coming = true
    void host.clock.sleep(ms, parts.stop).then(() => {
      coming = false
      hint.wake()
    })
  }

  function start(claimed: Claimed, sentMono: number): void {
    running++
    const held: Held = {
      lease: claimed.lease,
      tenant: claimed.tenant ?? '',
      key: claimed.key,
      sinceMono: sentMono,
      untilMono: sentMono + LEASE_MS,
      deadlineMono: sentMono + flow.deadlineMs,
      coming: true,
      over: false,
      compensating: false,
      abort: undefined,
      expire: undefined,
    }
    parts.held.add(held)
    void finish(claimed, held).catch((error: unknown) =>
      host.log('error', 'engine.finish', { flow: flow.name, fault: faultOf(error) }),
    )
  }

  async function finish(claimed: Claimed, held: Held): Promise<void> {
    try {
      const outcome = flow.to.kind === 'saga' ? await bounded(claimed, held) : await work(parts, flow, claimed, held)
      held.over = true
      if (outcome !== undefined && (await settleOne(store, host, held, outcome)) === 'ok') parts.progressed()
    } finally {
      arrived(parts, flow, held)
      parts.held.delete(held)
      running--
      parts.ended(flow)
    }
  }

  /** A step is a person's code: when it does not come back in time, the slot does. */
  function bounded(claimed: Claimed, held: Held): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      held.expire = () => {
        const fault = faultOf(new TielineError('HTTP_TIMEOUT', `no outcome within ${flow.deadlineMs / 1000} s`))
        const last = claimed.attempt + 1 >= flow.retry.attempts
        resolve(
          last
            ? { lease: claimed.lease, as: 'dead', fault, lane: flow.onDead === 'hold key' ? 'hold' : 'release' }
            : { lease: claimed.lease, as: 'retry', afterMs: flow.retry.baseMs, fault },
        )
      }
      void work(parts, flow, claimed, held).then(resolve)
    })
  }

  async function poll(): Promise<void> {
    while (!stopped) {
      await host.clock.sleep(POLL_MS * (0.75 + host.random() / 2), parts.stop)
      hint.wake()
    }
  }

  return {
    flow,
    get running(): number {
      return running
    },
    wake: hint.wake,
    run,
    stop: () => {
      stopped = true
      hint.wake()
    },
  }
}
