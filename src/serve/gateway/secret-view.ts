import type { Secrets } from '../../port/secrets.ts'

const FRESH_MS = 1_000 // far below the minute that Secrets allows; at 10,000 requests a second it saves all but one read

/** A source's secrets, read at most once a second. */
export interface SecretView {
  /** Newest first; an empty value is no secret: anybody could sign with it. */
  current(nowMs: number): readonly string[]
  /** Reads again; `undefined` when nothing changed. */
  changed(nowMs: number): readonly string[] | undefined
}

export function viewSecret(secrets: Secrets, name: string): SecretView {
  let atMs = Number.NEGATIVE_INFINITY
  let values: readonly string[] = []
  const read = (nowMs: number): readonly string[] => {
    atMs = nowMs
    values = secrets.read(name).filter((value) => value !== '')
    return values
  }
  return {
    current: (nowMs) => (nowMs - atMs < FRESH_MS && nowMs >= atMs && values.length > 0 ? values : read(nowMs)),
    changed(nowMs) {
      const before = values
      const now = read(nowMs)
      return now.length === before.length && now.every((value, i) => value === before[i]) ? undefined : now
    },
  }
}
