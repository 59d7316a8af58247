import type { JsonSchema } from '../json-schema-of.ts'
import { type Dialect, dialectOf, subschemas } from './keyword.ts'

/** A schema, with the address that references in it are relative to. */
export interface Located {
  readonly schema: unknown
  readonly base: string
  readonly dialect: Dialect
  /** For messages: `/properties/a`, with the address of its document before it where it is another. */
  readonly at: string
}

/** All schemas of some documents by address; no address is ever opened. */
export interface Addresses {
  /** What a reference leads to; `undefined` when that is nowhere. */
  resolve(ref: string, from: Located): Located | undefined
  readonly all: readonly Located[]
}

/** A document without an `$id` has this address. */
const ROOT = 'tieline:schema'

/** Finds every schema of a document and of those given with it, with `$id`s and anchors. RFC 3986 resolves references. */
export function addressesOf(
  root: JsonSchema,
  documents: Readonly<Record<string, unknown>>,
  dialect: Dialect,
): Addresses {
  const all: Located[] = []
  const byAddress = new Map<string, Located>()
  const bySchema = new Map<unknown, Located>()

  const enter = (schema: unknown, around: Located): void => {
    const own = identified(schema, around)
    all.push(own)
    if (typeof schema !== 'object' || schema === null) return
    bySchema.set(schema, own)
    const words = schema as JsonSchema
    if (own.base !== around.base && !byAddress.has(own.base)) byAddress.set(own.base, own)
    for (const anchor of anchorsOf(words, own.dialect)) byAddress.set(`${own.base}#${anchor}`, own)
    for (const sub of subschemas(words)) enter(sub.schema, { ...own, at: `${own.at}/${sub.step}` })
  }
  const document = (schema: unknown, base: string, at: string): void => {
    const located = { schema, base, dialect: dialectOf(schema, dialect, at), at }
    byAddress.set(base, located)
    enter(schema, located)
  }
  document(root, ROOT, '')
  for (const [address, schema] of Object.entries(documents)) document(schema, withoutFragment(address), address)

  return {
    all,
    resolve: (ref, from) => {
      const [address, fragment] = parts(absolute(ref, from.base))
      const resource = byAddress.get(address)
      if (resource === undefined || fragment === '') return resource
      if (!fragment.startsWith('/')) return byAddress.get(`${address}#${fragment}`)
      return pointed(resource, fragment, bySchema)
    },
  }
}

/** A schema with its `$id`, which draft-07 does not read beside a `$ref`. */
function identified(schema: unknown, around: Located): Located {
  const id = typeof schema === 'object' && schema !== null ? (schema as JsonSchema)['$id'] : undefined
  const dialect = dialectOf(schema, around.dialect, around.at)
  if (typeof id !== 'string' || id.startsWith('#') || (dialect === 'draft-07' && '$ref' in (schema as object))) {
    return { ...around, schema, dialect }
  }
  return { ...around, schema, dialect, base: withoutFragment(absolute(id, around.base)) }
}

function anchorsOf(schema: JsonSchema, dialect: Dialect): readonly string[] {
  const { $anchor, $dynamicAnchor, $id } = schema
  if (dialect === 'draft-07') return typeof $id === 'string' && $id.startsWith('#') ? [$id.slice(1)] : []
  return [$anchor, $dynamicAnchor].filter((name) => typeof name === 'string')
}

/** Follows a JSON Pointer (RFC 6901); on its way an `$id` may change the address. */
function pointed(from: Located, pointer: string, known: ReadonlyMap<unknown, Located>): Located | undefined {
  let found: unknown = from.schema
  for (const step of pointer.slice(1).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[key]
  }
  if (typeof found !== 'boolean' && (typeof found !== 'object' || found === null || Array.isArray(found)))
    return undefined
  return known.get(found) ?? { ...from, schema: found, at: `${from.at}${pointer}` }
}

function absolute(ref: string, base: string): string {
  if (ref === '') return base
  if (ref.startsWith('#')) return `${base}${ref}`
  return URL.parse(ref, base)?.href ?? (base === ROOT ? `${ROOT}/${ref}` : ref)
}

const withoutFragment = (address: string): string => parts(absolute(address, ROOT))[0]

function parts(address: string): readonly [string, string] {
  const cut = address.indexOf('#')
  return cut < 0 ? [address, ''] : [address.slice(0, cut), decoded(address.slice(cut + 1))]
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
