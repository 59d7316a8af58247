import type { Command } from 'commander'

/** What a verb found out: one document for machines, the same as text for people. */
export interface Report {
  readonly json: unknown
  readonly text: () => string
  /** 1 when what was checked fails. Default 0. */
  readonly exit?: 0 | 1
}

/** Hands a verb's work to the program, which runs it, prints its report and ends with its exit code. */
export type Perform = (work: () => Promise<Report | undefined>) => Promise<void>

/** Adds a verb's arguments, options, example and action to its command. */
export type Setup = (command: Command, perform: Perform) => void
