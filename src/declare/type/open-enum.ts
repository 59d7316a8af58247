import { TielineError } from '../../core/error.ts'
import { type SharedType, sharedType } from './shared-type.ts'

/** Known values with completion, and any other text. */
export type Open<V extends string> = V | (string & {})

export interface OpenEnum<V extends string> extends SharedType<Open<V>> {
  readonly known: readonly V[]
  /** Narrows: `status.isKnown(value) ? byStatus[value] : other(value)`. */
  readonly isKnown: (value: unknown) => value is V
}

const MAX = 200

/**
 * Values that are known today, of a list that grows: whoever reads one says what becomes of a value that nobody knew. Any text of 1 to 200
 * characters is taken. JSON Schema: `anyOf: [{ enum }, { type: 'string' }]`. In Zod: `z.union([z.enum(status.known), z.string()])`.
 * @throws {TielineError} `DECLARATION_INVALID` for an empty list and for values that are no different texts.
 */
export function openEnum<const V extends string>(known: readonly [V, ...V[]]): OpenEnum<V> {
  const values: ReadonlySet<unknown> = new Set(known)
  if (known.length === 0 || values.size !== known.length || known.some((value) => !isText(value))) {
    throw new TielineError(
      'DECLARATION_INVALID',
      `openEnum: use different texts of 1 to ${MAX} characters, at least one`,
    )
  }
  const type = sharedType<Open<V>>('openEnum', isText, {
    json: { anyOf: [{ enum: [...known] }, { type: 'string', minLength: 1, maxLength: MAX }] },
    expected: `expected a text such as ${known.slice(0, 3).join(', ')}`,
    semantics: {},
    spec: 'JSON Schema Validation 2020-12, section 6.1.2',
    examples: known,
    rejects: ['', 1, null],
  })
  const { 'x-tieline-type': _, ...schema } = type.schema
  return Object.freeze({
    ...type,
    schema: Object.freeze(schema),
    known: Object.freeze([...known]),
    isKnown: (value: unknown): value is V => values.has(value),
  })
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.length >= 1 && value.length <= MAX
