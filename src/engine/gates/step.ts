import { faultOf } from '../../core/fault.ts'
import type { Host } from '../../port/host.ts'
import type { Document, Store } from '../../port/store.ts'
import { EMPTY, type GateDocument } from './document.ts'
import type { Target } from './target.ts'

/** What one worker decides holds for all within a second. */
const LOOK_MS = 500
/** What cannot wait for the next look still comes at most so often. */
const SOON_MS = 50
const ALONE_MS = 3_600_000
/** What nobody writes any more is forgotten: a tenant that has gone, a limit that has ended. */
const KEPT_MS = 86_400_000
/** A store that does not answer must not end the looking. */
const PATIENCE_MS = 1_500

/** Keeps the targets of this process in step with those of the others, by one small document each. */
export interface Step {
  /** The first look. Never throws. */
  begin(): Promise<void>
  /** Looks until `stop`, regularly and soon after `moved`. */
  run(stop: AbortSignal): Promise<void>
  moved(): void
}

export interface StepParts {
  readonly store: Store
  readonly host: Host
  readonly targets: () => Iterable<Target>
  /** A document that is read with those of the targets. */
  readonly beside: { readonly key: string; learn(document: Document | undefined): void }
  /** After each look that was answered. */
  readonly looked: () => void
}

export function createStep({ store, host, targets, beside, looked }: StepParts): Step {
  let soon: AbortController | undefined
  let asked = false
  let number = 0
  const shared = store.traits.writers === 'many'

  async function look(due: readonly Target[]): Promise<void> {
    if (due.length === 0 && !shared) return
    const mine = ++number
    try {
      const found = new Map(
        (await store.read([beside.key, ...due.map(keyOf)])).map((document) => [document.key, document]),
      )
      if (mine !== number) return // given up: a later look says what holds
      const sent = host.clock.mono()
      beside.learn(found.get(beside.key))
      const said = due.flatMap((target) => {
        const document = found.get(keyOf(target))
        const before = document === undefined ? EMPTY : (JSON.parse(document.body) as GateDocument)
        const next = target.look(before, sent)
        return next === undefined ? [] : [{ target, next, expected: document?.version ?? 0 }]
      })
      if (said.length > 0) {
        const verdicts = await store.write(
          said.map(({ target, next, expected }) => ({
            key: keyOf(target),
            expected,
            body: JSON.stringify(next),
            expiresInMs: KEPT_MS,
          })),
        )
        if (mine !== number) return
        said.forEach(({ target, next }, i) => {
          if (verdicts[i] === 'ok') target.agreed(next, sent)
          else asked = true // somebody else was first: look again soon
        })
      }
      looked()
    } catch (error) {
      host.log('warn', 'engine.gates', { fault: faultOf(error) }) // limits that are not in step close by themselves
    }
  }

  async function run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => soon?.abort())
    while (!stop.aborted) {
      soon = new AbortController()
      // Not all workers at the same instant; alone, only when there is something to keep.
      const pause = shared ? LOOK_MS * (0.8 + host.random() * 0.4) : ALONE_MS
      if (!asked) await host.clock.sleep(pause, soon.signal)
      if (asked) await host.clock.sleep(SOON_MS, stop)
      asked = false
      if (stop.aborted) return
      const looking = look([...targets()].filter((target) => target.due))
      await Promise.race([looking, host.clock.sleep(PATIENCE_MS, stop)])
    }
  }

  return {
    begin: () => look([...targets()]),
    run,
    moved: () => {
      asked = true
      soon?.abort()
    },
  }
}

function keyOf({ name }: Target): string {
  return `tieline/gate/${name}`
}
