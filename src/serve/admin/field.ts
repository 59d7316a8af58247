import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'

/** One named input of a route: where it stands, how it is described, and how a value from outside becomes one of type T. */
export interface Field<out T> {
  readonly in: 'path' | 'query' | 'body'
  readonly required: boolean
  readonly describe: string
  /** JSON Schema of the value. */
  readonly schema: Readonly<Record<string, unknown>>
  /** @throws {TielineError} REQUEST_INVALID naming the field and what is expected */
  readonly read: (value: unknown, name: string) => T
}

export type Fields = Readonly<Record<string, Field<unknown>>>

/** What a route gets: the checked value of every field; `undefined` where an optional one is not there. */
export type Input<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

type Place = 'path' | 'query' | 'body'

const TEXT_LIMIT = 4_096 // characters; ids and reasons are far shorter
const LIST_LIMIT = 1_000

export function text(place: Place, describe: string): Field<string> {
  const schema = { type: 'string', minLength: 1, maxLength: TEXT_LIMIT }
  return { in: place, required: true, describe, schema, read: readText }
}

/** Name of a flow; empty for quarantined messages, which no flow has taken. */
export function flowName(place: Place, describe: string): Field<string> {
  const schema = { type: 'string', maxLength: TEXT_LIMIT }
  const read = (value: unknown, name: string): string => (value === '' ? value : readText(value, name))
  return {
    in: place,
    required: true,
    describe: `${describe} Empty: quarantined messages, which have none.`,
    schema,
    read,
  }
}

/** Text of any length that the request has room for. */
export function longText(place: 'body', describe: string): Field<string> {
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'string' },
    read: (value, name) => {
      if (typeof value === 'string') return value
      throw invalid(name, 'a text')
    },
  }
}

export function integer(place: Place, describe: string, range: readonly [min: number, max: number]): Field<number> {
  const [minimum, maximum] = range
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'integer', minimum, maximum },
    read: (value, name) => {
      const number = place === 'query' && typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
      if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum)
        return number
      throw invalid(name, `a whole number from ${minimum} to ${maximum}`)
    },
  }
}

export function positive(place: 'body', describe: string, maximum: number): Field<number> {
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'number', exclusiveMinimum: 0, maximum },
    read: (value, name) => {
      if (typeof value === 'number' && value > 0 && value <= maximum) return value
      throw invalid(name, `a number above 0, up to ${maximum}`)
    },
  }
}

/** `'30m'`, as milliseconds. */
export function duration(place: Place, describe: string): Field<number> {
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: ['30m'] },
    read: (value, name) => {
      try {
        const ms = milliseconds(readText(value, name) as Duration)
        if (ms > 0) return ms
      } catch (thrown) {
        if (!(thrown instanceof RangeError)) throw thrown
      }
      throw invalid(name, "a duration: '30s', '5m', '2h', '7d'")
    },
  }
}

/** Each of a closed list; in a query separated by commas. */
export function choices<const C extends string>(
  place: 'query',
  describe: string,
  known: readonly C[],
): Field<readonly C[]> {
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'array', items: { type: 'string', enum: known } },
    read: (value, name) => {
      const given = readText(value, name).split(',')
      return given.map((item) => {
        const found = known.find((candidate) => candidate === item)
        if (found === undefined) throw invalid(name, `some of ${known.join(', ')}, separated by commas`)
        return found
      })
    },
  }
}

export function texts(place: 'body', describe: string): Field<readonly string[]> {
  return {
    in: place,
    required: true,
    describe,
    schema: { type: 'array', minItems: 1, maxItems: LIST_LIMIT, items: { type: 'string', minLength: 1 } },
    read: (value, name) => {
      if (!Array.isArray(value) || value.length === 0 || value.length > LIST_LIMIT) {
        throw invalid(name, `a list of 1 to ${LIST_LIMIT} texts`)
      }
      return value.map((item, i) => readText(item, `${name}[${i}]`))
    },
  }
}

/** Any JSON value that is there. */
export function json(place: 'body', describe: string): Field<unknown> {
  return { in: place, required: true, describe, schema: {}, read: (value) => value }
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    required: false,
    read: (value, name) => (value === undefined ? undefined : field.read(value, name)),
  }
}

/**
 * Checks what a request gave against the fields of its route. Unknown names are refused: a misspelt filter would show, or move, too much.
 * @throws {TielineError} REQUEST_INVALID naming the field
 */
export function readFields<F extends Fields>(
  fields: F,
  given: Readonly<Record<Place, Readonly<Record<string, unknown>>>>,
): Input<F> {
  for (const place of ['query', 'body'] as const) {
    const unknown = Object.keys(given[place]).find((name) => !Object.hasOwn(fields, name) || fields[name]?.in !== place)
    if (unknown === undefined) continue
    const known = Object.keys(fields).filter((name) => fields[name]?.in === place)
    throw new TielineError(
      'REQUEST_INVALID',
      `${JSON.stringify(unknown.slice(0, 64))} is not known here; ${known.length === 0 ? 'nothing is taken' : `known are ${known.join(', ')}`}`,
    )
  }
  const read = Object.entries(fields).map(([name, field]) => {
    const value = Object.hasOwn(given[field.in], name) ? given[field.in][name] : undefined
    if (value === undefined && field.required)
      throw new TielineError('REQUEST_INVALID', `${name} is missing: ${field.describe}`)
    return [name, field.read(value, name)] as const
  })
  return Object.fromEntries(read) as Input<F>
}

export function invalid(name: string, expected: string): TielineError {
  return new TielineError('REQUEST_INVALID', `${name}: expected ${expected}`)
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= TEXT_LIMIT) return value
  throw invalid(name, `a text of 1 to ${TEXT_LIMIT} characters`)
}
