import type { Bench } from './bench.ts'

export interface Listed {
  readonly about: string
  readonly rounds: number
  readonly seconds: number
  readonly load: () => Promise<Bench>
}

/** Every benchmark, with the length that its figures need. */
export const BENCHES: Readonly<Record<string, Listed>> = {
  accept: {
    about: 'verified, checked, deduped, fsynced webhooks per second',
    rounds: 5,
    seconds: 3,
    load: async () => (await import('./accept.ts')).accept,
  },
  backlog: {
    about: 'claimed and settled per second by how many messages wait, half of them behind a blocked key',
    rounds: 1,
    seconds: 1,
    load: async () => (await import('./backlog.ts')).backlog,
  },
  badday: {
    about: 'p99 of delivery to four providers while a fifth times out and refuses, over the same without it',
    rounds: 1,
    seconds: 25,
    load: async () => (await import('./badday.ts')).badday,
  },
  batch: {
    about: 'deals per second into a CRM with batch upsert, beside single calls',
    rounds: 3,
    seconds: 10,
    load: async () => (await import('./batch.ts')).batch,
  },
  csv: {
    about: 'MB per second of a CSV file, streamed from disk to records',
    rounds: 5,
    seconds: 1,
    load: async () => (await import('./csv.ts')).csv,
  },
  deliver: {
    about: 'webhooks per second from accept to settled call',
    rounds: 5,
    seconds: 3,
    load: async () => (await import('./deliver.ts')).deliver,
  },
  fairness: {
    about: 'worst p99 of twenty tenants beside one that sends a hundred times as much, over the same without it',
    rounds: 1,
    seconds: 20,
    load: async () => (await import('./fairness.ts')).fairness,
  },
  headline: {
    about: 'accepted, mapped and delivered per second, with kill -9 every two seconds',
    rounds: 3,
    seconds: 20,
    load: async () => (await import('./headline.ts')).headline,
  },
  latency: {
    about: 'milliseconds from publish to effect through an idle PostgreSQL, to another process',
    rounds: 1,
    seconds: 30,
    load: async () => (await import('./latency.ts')).latency,
  },
  mapping: {
    about: 'mappings of the Stripe payment per second',
    rounds: 7,
    seconds: 1,
    load: async () => (await import('./mapping.ts')).mapping,
  },
  overload: {
    about: 'p99 of the critical class at five times the sustainable load, over that at half of it',
    rounds: 1,
    seconds: 60,
    load: async () => (await import('./overload.ts')).overload,
  },
  policy: {
    about: 'nanoseconds per call through the full chain of a policy, around a no-op',
    rounds: 5,
    seconds: 1,
    load: async () => (await import('./policy.ts')).policy,
  },
  queue: {
    about: 'messages per second through PostgreSQL, beside pg-boss, graphile-worker, DBOS, BullMQ and hand-written SQL',
    rounds: 3,
    seconds: 1,
    load: async () => (await import('./queue.ts')).queue,
  },
  soak: {
    about: 'milliseconds of accept and turn, minute by minute, while a transaction holds xmin',
    rounds: 1,
    seconds: 1,
    load: async () => (await import('./soak.ts')).soak,
  },
  startup: {
    about: 'milliseconds from spawn to ready; memory when idle',
    rounds: 5,
    seconds: 2,
    load: async () => (await import('./startup.ts')).startup,
  },
  waiting: {
    about: 'milliseconds from spawn to the first delivery with a million messages waiting; memory as they come',
    rounds: 5,
    seconds: 2,
    load: async () => (await import('./waiting.ts')).waiting,
  },
  xml: {
    about: 'MB per second of an XML file of invoices, streamed from disk to records',
    rounds: 5,
    seconds: 1,
    load: async () => (await import('./xml.ts')).xml,
  },
}
