import { sleep } from '../process.ts'
import { type Talking, talking } from '../talking.ts'
import { missing } from './marks.ts'
import type { ProviderPlan, SenderPlan, Sent } from './plan.ts'
import type { ProviderReport } from './seen.ts'

export interface Providers extends AsyncDisposable {
  readonly urls: readonly string[]
  /** Effects so far, by name of the stream. */
  effects(name: string): number
  tell(what: 'bad' | 'well'): void
  /** Resolves when all that was accepted had its effect; gives up after the patience. */
  through(sent: Readonly<Record<string, Sent>>, patienceMs: number): Promise<void>
  /** Once, at the end. */
  report(): Promise<ProviderReport>
}

export async function providers(plan: ProviderPlan): Promise<Providers> {
  const child = talking('badday/provider.ts', [JSON.stringify(plan)])
  await child.until('urls')
  const effects = (name: string): number => (child.said['effects'] as Record<string, number> | undefined)?.[name] ?? 0
  return {
    urls: child.said['urls'] as readonly string[],
    effects,
    tell: (what) => child.tell(what),
    through: async (sent, patienceMs) => {
      for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(50)) {
        if (Object.entries(sent).every(([name, { accepted }]) => effects(name) >= accepted)) return
      }
    },
    report: async () => {
      child.tell('report')
      await child.until('report')
      return child.said['report'] as ProviderReport
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

export interface Sending extends AsyncDisposable {
  /** Events made so far, by name of the stream. */
  made(name: string): number
  /** Of a closed plan: so many events in all. */
  allow(events: number): void
  /** Lets what is under way come to its end. */
  stop(): Promise<Readonly<Record<string, Sent>>>
}

export function sending(plan: SenderPlan): Sending {
  const child: Talking = talking('badday/sender.ts', [JSON.stringify(plan)])
  return {
    made: (name) => (child.said['made'] as Record<string, number> | undefined)?.[name] ?? 0,
    allow: (events) => child.tell(events),
    stop: async () => {
      child.tell('stop')
      await child.until('sent')
      return child.said['sent'] as Readonly<Record<string, Sent>>
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

export interface Balance {
  readonly accepted: number
  /** Accepted, and without an effect. */
  readonly lost: number
  readonly doubled: number
  /** Calls that came again with the same key. */
  readonly repeatedCalls: number
}

/** What was sent beside what the providers saw. */
export function balance(sent: Readonly<Record<string, Sent>>, { seen }: ProviderReport): Balance {
  const names = Object.keys(sent)
  const sum = (of: (name: string) => number): number => names.reduce((total, name) => total + of(name), 0)
  return {
    accepted: sum((name) => sent[name]?.accepted ?? 0),
    lost: sum((name) => missing(sent[name]?.marks ?? '', seen[name]?.marks ?? '')),
    doubled: sum((name) => seen[name]?.doubled ?? 0),
    repeatedCalls: sum((name) => seen[name]?.repeats ?? 0),
  }
}
