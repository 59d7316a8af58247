import { TielineError } from '../../core/error.ts'
import { guardJson } from '../../core/json-guard.ts'
import { readJson } from '../../core/json-value.ts'
import type { Contract } from '../../declare/contract/contract.ts'
import { ATTRIBUTE_NAME, LIMITS, RESERVED_ATTRIBUTES } from './limits.ts'
import { textField } from './text-field.ts'

/** A message as it is given to `publish`. */
export interface Given {
  readonly type: string
  readonly data: unknown
  readonly id?: string
  readonly attributes?: Readonly<Record<string, string>>
}

/** A message as `publish_all` takes it. */
export interface Written {
  readonly source: string
  readonly type: string
  readonly id: string | null
  readonly key: string | null
  readonly attributes: Readonly<Record<string, string>>
  /** base64: what is in it may hold any character. */
  readonly body: string
}

const NAME = new RegExp(ATTRIBUTE_NAME)

/**
 * Checks a message before any of it is sent, so that a mistake does not cost the caller the transaction.
 * @throws {TielineError} REQUEST_INVALID naming the field, CONTRACT_BROKEN
 */
export function written(
  source: string,
  events: Readonly<Record<string, Contract<unknown>>>,
  message: Given,
  where: string,
): Written {
  const { type, id, attributes = {} } = message
  const contract = Object.hasOwn(events, type) ? events[type] : undefined
  if (contract === undefined) {
    throw invalid(
      `${where}type: ${source} declares ${Object.keys(events).join(', ')}, not ${JSON.stringify(String(type).slice(0, 64))}`,
    )
  }
  const body = bytesOf(message.data, `${where}data`)
  // As the runtime will read it: JSON has no dates and no undefined.
  const checked = contract.check(readJson(body.toString()))
  if (!checked.ok) {
    const issue = checked.issues[0]
    throw new TielineError(
      'CONTRACT_BROKEN',
      `${where}data of ${type}: ${issue?.path ?? ''} ${issue?.message ?? 'does not fit'}`,
    )
  }
  return {
    source,
    type,
    id: id === undefined ? null : textField(id, `${where}id`, LIMITS.id),
    key: keyOf(contract, checked.value, where),
    attributes: checkAttributes(attributes, where),
    body: body.toString('base64'),
  }
}

function bytesOf(data: unknown, field: string): Buffer {
  let text: string | undefined
  try {
    text = JSON.stringify(data)
  } catch (cause) {
    throw new TielineError('REQUEST_INVALID', `${field}: cannot be written as JSON`, { cause })
  }
  if (text === undefined) throw invalid(`${field}: cannot be written as JSON`)
  const body = Buffer.from(text)
  if (body.length > LIMITS.body)
    throw invalid(`${field}: ${body.length} bytes are more than ${LIMITS.body}; send a reference to what is large`)
  const fault = guardJson(body, LIMITS.depth)
  if (fault === 'deep') throw invalid(`${field}: nested deeper than ${LIMITS.depth} levels`)
  if (fault === 'prototype') throw invalid(`${field}: an object has the key "__proto__"`)
  return body
}

/** The contract's key, cut as lanes cut it. Without one the message has no place in anybody's order. */
function keyOf(contract: Contract<unknown>, value: unknown, where: string): string | null {
  const key: unknown = contract.key(value)
  if (key === '') return null
  const cut = typeof key === 'string' ? key.slice(0, LIMITS.key).toWellFormed() : key
  return textField(cut, `${where}key of ${contract.name}`, LIMITS.key)
}

function checkAttributes(
  attributes: Readonly<Record<string, string>>,
  where: string,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(attributes)) {
    const field = `${where}attributes.${name.slice(0, 64)}`
    if (!NAME.test(name)) throw invalid(`${field}: names have only a-z and 0-9`)
    if (RESERVED_ATTRIBUTES.includes(name)) throw invalid(`${field} has a place of its own`)
    textField(value, field, LIMITS.attribute)
  }
  return attributes
}

function invalid(what: string): TielineError {
  return new TielineError('REQUEST_INVALID', what)
}
