import type { StandardSchemaV1 } from '@standard-schema/spec'

/** One thing that is wrong with a value. */
export interface Issue {
  /** `data.object.amount`; empty for the value itself. */
  readonly path: string
  readonly message: string
}

const MAX_ISSUES = 20
const MAX_MESSAGE = 300
const MAX_PATH = 200

/** A library's issues in our shape, bounded: paths and messages may hold names that a stranger chose. */
export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): readonly Issue[] {
  return issues.slice(0, MAX_ISSUES).map(({ path = [], message }) => ({
    path: bounded(path.map(keyOf).join('.'), MAX_PATH),
    message: bounded(message, MAX_MESSAGE),
  }))
}

const keyOf = (segment: PropertyKey | StandardSchemaV1.PathSegment): string =>
  String(typeof segment === 'object' ? segment.key : segment)

const bounded = (text: string, limit: number): string => (text.length > limit ? `${text.slice(0, limit)}…` : text)
