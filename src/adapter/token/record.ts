import { createHmac, randomBytes } from 'node:crypto'

/** All that is kept of one credential. It is only ever written down sealed. */
export interface TokenRecord {
  /** Key of the marks, so that a guess cannot be compared with them even by somebody who has the record. */
  readonly salt: string
  readonly grant?: KeptGrant
  /** The newest refresh token. */
  readonly refresh?: string
  /** Marks of the declared refresh tokens that a chain began with, newest last: none of them is sent again. */
  readonly roots: readonly string[]
  readonly refusal?: KeptRefusal
}

export interface KeptGrant {
  readonly access: string
  /** Mark of what was asked for: another scope needs another token. */
  readonly mark: string
  /** Wall clock, milliseconds. */
  readonly bornMs: number
  readonly endsMs: number
  /** Tokens in a row, up to this one, that replaced one which was refused before its time. */
  readonly streak: number
}

/** Only a person can help. */
export interface KeptRefusal {
  readonly why: string
  /** Marks of the configurations that were refused; another one may be tried. */
  readonly marks: readonly string[]
}

export function emptyRecord(): TokenRecord {
  return { salt: randomBytes(16).toString('base64url'), roots: [] }
}

/** A keyed hash: tells whether two values are the same, and nothing else of them. */
export function markOf({ salt }: TokenRecord, ...values: readonly (string | undefined)[]): string {
  return createHmac('sha256', salt).update(JSON.stringify(values)).digest('base64url')
}
