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
  deliver: {
    about: 'webhooks per second from accept to settled call',
    rounds: 5,
    seconds: 3,
    load: async () => (await import('./deliver.ts')).deliver,
  },
  headline: {
    about: 'accepted, mapped and delivered per second, with kill -9 every two seconds',
    rounds: 3,
    seconds: 20,
    load: async () => (await import('./headline.ts')).headline,
  },
  mapping: {
    about: 'mappings of the Stripe payment per second',
    rounds: 7,
    seconds: 1,
    load: async () => (await import('./mapping.ts')).mapping,
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
}
