type Limit = 'type' | 'id' | 'attribute' | 'key' | 'body' | 'depth' | 'messages'

/** What one published message may hold. The SQL functions hold the same limits, for every language. */
export const LIMITS: Readonly<Record<Limit, number>> = Object.freeze({
  /** Characters; as at the gateway. */
  type: 255,
  id: 1_024,
  attribute: 4_096,
  /** Characters; longer keys of a contract are cut, as lanes cut them. */
  key: 512,
  /** Bytes; the gateway's default. */
  body: 1_048_576,
  /** Levels of JSON; the gateway's default. */
  depth: 64,
  /** In one call of `publish`. A transaction holds one lock of the server for each key until it ends, and these are few. */
  messages: 1_000,
})

/** CloudEvents 1.0.2, "Naming conventions". */
export const ATTRIBUTE_NAME = '^[a-z0-9]{1,64}$'
/** Attributes with a place of their own. */
export const RESERVED_ATTRIBUTES: readonly string[] = Object.freeze([
  'data',
  'id',
  'partitionkey',
  'source',
  'specversion',
  'type',
])
