/**
 * Where reading can go on: after one record and before the next. Plain data, to be stored as JSON with whatever was done with the records
 * so far; read on from it with the bytes of the same file from `byte` on.
 */
export interface Place {
  /** Bytes of the file before this place. */
  readonly byte: number
  /** Records and faults before this place. */
  readonly record: number
  /** Of the next character, from 1. */
  readonly line: number
  /** Of the next character, from 1. */
  readonly column: number
  readonly encoding: string
  /** What the reader must know of the part before: open elements, the header row. Only this format's reader reads it. */
  readonly prolog: string
}

/** One record of a file, or what is wrong with it: a bad record does not end the file. */
export type Item<T> = Good<T> | Bad

interface Read {
  /** The how manieth of the file, from 1; faults count too. */
  readonly record: number
  /** Where it begins, from 1. */
  readonly line: number
  /** Where to read on once this one is done with. */
  readonly next: Place
}

export interface Good<T> extends Read {
  readonly as: 'record'
  readonly value: T
  /** CSV with `formulas: 'mark'`: the columns that a spreadsheet would run. */
  readonly formulas?: readonly string[]
  /** XML with `source: true`: the record as a document of its own, for a schema. */
  readonly source?: XmlSource
}

export interface Bad extends Read {
  readonly as: 'fault'
  /** What was expected and what to do; never the value itself, which may not belong into a log. */
  readonly fault: string
}

export interface XmlSource {
  readonly text: string
  /** The line of the file at which `text` begins, from 1. */
  readonly line: number
}

/** Takes a file piece by piece, and says each record the moment that it is whole. */
export interface Intake {
  /** @throws {TielineError} BODY_MALFORMED: the file is broken from here on; what came before is said */
  push(bytes: Uint8Array): void
  /** @throws {TielineError} BODY_MALFORMED: the file ends too early */
  end(): void
}

/** Says records; a format does no I/O of its own. */
export type Say<T> = (item: Item<T>) => void

/** How to read a file: a frozen value, used for any number of files at the same time. */
export interface Format<T> {
  readonly format: 'xml' | 'csv' | 'ndjson' | 'fixed'
  open(say: Say<T>, from?: Place): Intake
}
