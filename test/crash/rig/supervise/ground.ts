import type { Trouble } from '../plan/plan.ts'

/** What the runtimes of a run stand on: the store, the way to it, and what can happen to both. */
export interface Ground extends AsyncDisposable {
  /** What TIELINE_STORE names for this runtime. */
  address(worker: number): string
  /** The same without anything in between, for the judge. */
  readonly straight: string
  /** Lets it happen to this runtime, or to all; resolves when all is well again. */
  trouble(what: Trouble, worker: number, forMs: number): Promise<void>
  /** Puts what it has written down into a folder. */
  keep(folder: string): void
}
