import { TielineError } from '../../core/error.ts'

/** CloudEvents 1.0.2, "Naming conventions": lower-case letters and digits. Names SHOULD have at most 20 characters; 64 are taken. */
const NAME = /^[a-z0-9]{1,64}$/
/** RFC 3339; `time` is the one attribute of type Timestamp. */
const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,12})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
/** CloudEvents 1.0.2, type String: no control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const REQUIRED = ['id', 'source', 'type'] as const
const LIMIT = Object.freeze({ attributes: 64, characters: 4_096, id: 1_024, type: 255 })

/** The context attributes of one event, checked. */
export interface Attributes {
  readonly id: string
  readonly source: string
  readonly type: string
  /** All but id, type and specversion. */
  readonly others: Readonly<Record<string, string>>
}

/**
 * Checks the context attributes of one event.
 * @param where what messages begin with: empty, or `event 3: `
 * @throws {TielineError} BODY_MALFORMED naming the attribute
 */
export function checkAttributes(given: ReadonlyMap<string, string>, where: string): Attributes {
  const wrong = (message: string): TielineError => new TielineError('BODY_MALFORMED', `${where}${message}`)
  if (given.size > LIMIT.attributes) throw wrong(`more than ${LIMIT.attributes} attributes`)
  const version = given.get('specversion')
  if (version !== '1.0') {
    throw wrong(version === undefined ? 'specversion is missing: send 1.0' : 'specversion: only 1.0 is taken')
  }
  for (const name of REQUIRED) if (!given.get(name)) throw wrong(`${name} is missing or empty`)
  const others: Record<string, string> = {}
  for (const [name, value] of given) {
    if (!NAME.test(name)) throw wrong(`attribute ${quote(name)}: names have only a-z and 0-9`)
    if (value.length > LIMIT.characters) throw wrong(`${name} is longer than ${LIMIT.characters} characters`)
    if (CONTROL.test(value) || !value.isWellFormed()) throw wrong(`${name} holds characters that are not allowed`)
    if (name !== 'id' && name !== 'type' && name !== 'specversion') others[name] = value
  }
  const [id, source, type] = REQUIRED.map((name) => given.get(name) ?? '') as [string, string, string]
  if (id.length > LIMIT.id) throw wrong(`id is longer than ${LIMIT.id} characters`)
  if (type.length > LIMIT.type) throw wrong(`type is longer than ${LIMIT.type} characters`)
  if (/\s/.test(source)) throw wrong('source is no URI reference: it holds white space')
  if (others['time'] !== undefined && !TIME.test(others['time'])) throw wrong('time is no RFC 3339 time')
  return { id, source, type, others }
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 64))
}
