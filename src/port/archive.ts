import type { Fault } from '../core/fault.ts'
import type { TrailEntry, WorkState } from './store.ts'

/**
 * All that a store holds, as plain records: what `tieline move` takes from one store to another. Whoever opens an archive has the store for
 * itself until it is closed: no runtime uses it meanwhile.
 */
export interface Archive extends AsyncDisposable {
  /** For people; never with a password. */
  readonly name: string
  /** Changes whenever a runtime has opened the store. A mark does not change it. */
  fingerprint(): Promise<string>
  mark(): Promise<Mark | undefined>
  setMark(mark: Mark): Promise<void>
  /** What is in the store besides a mark, in words; such as `holds 3 messages`; `undefined` for nothing. */
  content(): Promise<string | undefined>
  /** What would be left behind, in words: messages that are on their way into the store and cannot be moved. */
  behind(): Promise<string | undefined>
  /** Pieces of work. May take seconds. */
  total(): Promise<number>
  /** The next messages, by id. */
  read(after: number): Promise<ArchivePage>
  /** Documents that do not expire. */
  documents(): Promise<readonly ArchivedDocument[]>
  counters(): Promise<ArchivedCounters>
  /** Stores these messages and the mark, in one transaction, on disk. */
  write(messages: readonly ArchivedMessage[], mark: Mark): Promise<void>
  /** After the last message: documents, counters and the mark, in one transaction, on disk. */
  finish(documents: readonly ArchivedDocument[], counters: ArchivedCounters, mark: Mark): Promise<void>
}

/** Kept in a store that takes part in a move. With `moving` and `moved` no runtime opens it. */
export type Mark =
  /** It is being filled, up to and with the id `after`. `filled`: all is there, and not yet verified. */
  | {
      readonly as: 'moving'
      readonly from: string
      readonly name: string
      readonly after: number
      readonly works: number
      readonly filled: boolean
    }
  /** It was filled from that store. */
  | { readonly as: 'complete'; readonly from: string; readonly name: string; readonly works: number }
  /** All that it holds is now there. */
  | { readonly as: 'moved'; readonly to: string }

export interface ArchivePage {
  readonly messages: readonly ArchivedMessage[]
  /** Where the next page begins; `undefined` at the end. */
  readonly next: number | undefined
}

/** A message with all its work. */
export interface ArchivedMessage {
  /** Id of its first piece of work. */
  readonly first: number
  /** How many ids it takes. */
  readonly width: number
  /** Absent once purged; then a delivered piece of work is all that is left. */
  readonly envelope?: ArchivedEnvelope
  /** Absent once purged. */
  readonly body?: Uint8Array
  /** By which identity a repeat is recognised. Absent once forgotten. */
  readonly known?: 'message' | 'quarantine'
  /** By position. Those that were purged are missing. */
  readonly works: readonly ArchivedWork[]
}

export interface ArchivedEnvelope {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly attributes: Readonly<Record<string, string>>
  readonly acceptedAtMs: number
}

export interface ArchivedWork {
  readonly position: number
  /** Empty when no flow took the message, or none is known. */
  readonly flow: string
  readonly key: string
  /** Absent: nobody's. */
  readonly tenant?: string
  readonly effect: string
  readonly state: WorkState
  readonly attempt: number
  readonly crashes: number
  readonly replays: number
  /** Entries of its journal. */
  readonly journal: number
  /** When it runs again, as an instant of the wall clock; 0 for at once. Pending work only. */
  readonly dueAtMs: number
  /** 0 for pending work. */
  readonly settledAtMs: number
  readonly why?: string
  readonly fault?: Fault
  /** Its lane waits for an operator. */
  readonly hold: boolean
  /** `body` is an operator's. */
  readonly edited: boolean
  /** A dead letter's own copy, or the edited body of pending work. */
  readonly body?: Uint8Array
  /** Oldest first, journal included. */
  readonly trail: readonly ArchivedStep[]
}

export interface ArchivedStep extends TrailEntry {
  /** Of the journal. */
  readonly position?: number
  readonly result?: string
  readonly owner?: string
  readonly token?: number
}

export interface ArchivedDocument {
  readonly key: string
  readonly version: number
  readonly body: string
}

/** Counted since the store was made. What can be counted from the records is not here. */
export interface ArchivedCounters {
  /** The highest id that was given out. */
  readonly last: number
  readonly accepted: number
  readonly duplicates: number
  readonly delivered: number
  readonly skipped: number
  readonly discarded: number
}
