import type { Failure } from '../failure.ts'

/** What the runner tells the reloader. */
export type FromRunner =
  /** The files that make up the configuration, also those that could not be found. */
  | { readonly say: 'loaded'; readonly files: readonly string[] }
  /** `stripe`: the source that the payments provider of the sandbox sends to, where there is one. */
  | { readonly say: 'ready'; readonly url: string; readonly flows: number; readonly stripe?: string }
  | { readonly say: 'failed'; readonly files: readonly string[]; readonly failure: Failure }

/** What the reloader tells the runner. */
export type ToRunner = { readonly say: 'start' } | { readonly say: 'stop' }
