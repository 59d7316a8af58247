import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type JsonSchema, jsonSchemaOf } from '../json-schema-of.ts'
import { isEverywhere, NO_PROTO } from './name.ts'
import { isSamePattern } from './pattern.ts'

/** What we read of a Zod 4 schema or check. */
interface Def {
  readonly type: string
  readonly check?: string
  readonly format?: string
  readonly pattern?: RegExp
  readonly coerce?: boolean
  readonly checks?: readonly { readonly _zod: { readonly def: Def } }[]
  readonly shape?: Readonly<Record<string, unknown>>
  readonly catchall?: Zod
  readonly keyType?: Zod
  readonly mode?: string
  readonly inclusive?: boolean
  readonly discriminator?: string
  readonly entries?: Readonly<Record<string, unknown>>
  readonly values?: readonly unknown[]
}

interface Zod {
  readonly _zod: { readonly def: Def; readonly traits: ReadonlySet<string>; readonly toJSONSchema?: unknown }
}

/** Zod 4 shows every schema that it converts; one that we do not know to be closed makes the whole contract open. */
export function closedZod(schema: StandardSchemaV1): JsonSchema | undefined {
  let [open, freeKeys, firstFit] = [false, false, false]
  const override = ({ zodSchema, jsonSchema }: { zodSchema: Zod; jsonSchema: Record<string, unknown> }): void => {
    const { def } = zodSchema._zod
    if (!isClosed(zodSchema)) open = true
    if (def.type === 'union' && def.discriminator === undefined) firstFit = true
    if (hasFreeKeys(def)) {
      freeKeys = true
      jsonSchema['propertyNames'] = NO_PROTO
    }
    if (jsonSchema['pattern'] !== undefined) delete jsonSchema['format'] // the pattern says it all, in an eighth of the time
  }
  // without metadata: .meta({ … }) may put any keyword into the schema that documents show
  const converted = jsonSchemaOf(schema, { override, metadata: { get: () => undefined } })
  // an option that leaves __proto__ out fits in Zod and not in the checker, which would go on to an option that keeps it
  return open || (freeKeys && firstFit) ? undefined : converted
}

const hasFreeKeys = (def: Def): boolean =>
  def.type === 'record' ||
  (def.type === 'object' && def.catchall !== undefined && def.catchall._zod.def.type !== 'never')

function isClosed({ _zod }: Zod): boolean {
  const { def } = _zod
  if (_zod.toJSONSchema !== undefined || def.coerce === true) return false
  return (
    isClosedType(def, _zod.traits) &&
    isClosedCheck(def) &&
    (def.checks ?? []).every((check) => isClosedCheck(check._zod.def))
  )
}

function isClosedType(def: Def, traits: ReadonlySet<string>): boolean {
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'any':
    case 'unknown':
    case 'never':
    case 'array':
    case 'nullable':
    case 'lazy':
      return true
    case 'optional':
      return !traits.has('$ZodExactOptional') // it refuses undefined, which a checker takes for absent
    case 'object':
      return (
        ['never', 'any', 'unknown'].includes(def.catchall?._zod.def.type ?? 'strips unknown keys') &&
        !Object.keys(def.shape ?? {}).some(isEverywhere)
      )
    case 'record': {
      const key = def.keyType?._zod.def
      return key?.type === 'string' && key.checks === undefined && key.format === undefined && def.mode === undefined
    }
    case 'union':
      return def.inclusive !== false || def.discriminator !== undefined
    case 'enum':
      return Object.values(def.entries ?? {}).every((entry) => typeof entry === 'string')
    case 'literal':
      return (def.values ?? []).every(isJsonScalar)
    default:
      return false // pipe, transform, default, catch, readonly, custom, date, tuple, intersection, …
  }
}

/** A format may be checked by more than its pattern; these are not. */
const FORMATS = new Set(['regex', 'starts_with', 'ends_with', 'datetime', 'date', 'uuid', 'guid', 'email'])

/** Also of a schema that is a check itself, such as `z.email()` and `z.int()`. */
function isClosedCheck(def: Def): boolean {
  switch (def.check) {
    case undefined:
    case 'min_length':
    case 'max_length':
    case 'length_equals':
    case 'greater_than':
    case 'less_than':
      return true
    case 'number_format':
      return ['safeint', 'int32', 'uint32'].includes(def.format ?? '')
    case 'string_format':
      return FORMATS.has(def.format ?? '') && def.pattern !== undefined && isSamePattern(def.pattern)
    default:
      return false // custom, overwrite, multiple_of, mime_type, …
  }
}

const isJsonScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
