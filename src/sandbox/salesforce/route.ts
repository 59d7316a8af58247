import { jsonAnswer, type ProviderAnswer } from '../provider.ts'
import { deleteAll, upsertAll } from './collection.ts'
import { runComposite } from './composite.ts'
import type { Call } from './org.ts'
import { type Cursors, runNext, runQuery } from './query.ts'
import { fieldsIn, recordBy, recordById, rendered, typeOf, urlOf } from './record.ts'
import { malformed, missing, Refusal, Several } from './refusal.ts'
import { change, insert, remove } from './write.ts'

const NOTHING: ProviderAnswer = Object.freeze({ status: 204, headers: Object.freeze({}), body: '' })

/** Everything below `/services/data/vXX.0`. A refusal is an answer, too. */
export function answerCall(call: Call, cursors: Cursors, method: string, path: string): ProviderAnswer {
  try {
    const below = path.startsWith(`${call.root}/`) ? path.slice(call.root.length + 1) : ''
    const [area = '', ...parts] = below.split('/').map(decoded)
    const answer = routed(call, cursors, `${method} ${area}`, parts)
    if (answer === undefined) throw missing()
    return answer
  } catch (thrown) {
    if (thrown instanceof Several) return jsonAnswer(300, thrown.urls)
    if (thrown instanceof Refusal) return jsonAnswer(thrown.status, thrown.body())
    throw thrown
  }
}

function routed(call: Call, cursors: Cursors, what: string, parts: readonly string[]): ProviderAnswer | undefined {
  const [first = '', second = '', third = ''] = parts
  switch (what) {
    case 'GET query':
      return jsonAnswer(200, parts.length === 0 ? runQuery(call, cursors) : runNext(call, cursors, first))
    case 'POST composite':
      if (parts.length > 0) return undefined
      return jsonAnswer(
        200,
        runComposite(call, (sub, method, path) => answerCall(sub, cursors, method, path)),
      )
    case 'PATCH composite':
      if (parts.length !== 3 || first !== 'sobjects') return undefined
      return jsonAnswer(200, upsertAll(call, typeOf(second), third))
    case 'DELETE composite':
      if (parts.length !== 1 || first !== 'sobjects') return undefined
      return jsonAnswer(200, deleteAll(call))
    default:
      return what.endsWith(' sobjects')
        ? records(call, what.split(' ')[0] ?? '', typeOf(first), parts.slice(1))
        : undefined
  }
}

function records(
  call: Call,
  method: string,
  type: string,
  [by, value, more]: readonly string[],
): ProviderAnswer | undefined {
  if (more !== undefined) return undefined
  if (by === undefined) return method === 'POST' ? created(call, insert(call, type, fieldsIn(call.body))) : undefined
  if (value !== undefined && method === 'PATCH') return upserted(call, type, by, value)
  const record = value === undefined ? recordById(call, type, by) : recordBy(call, type, by, value)
  if (record === undefined) throw missing()
  switch (method) {
    case 'GET':
      return jsonAnswer(200, rendered(call, record, selected(call)))
    case 'PATCH':
      change(call, record, fieldsIn(call.body))
      return NOTHING
    case 'DELETE':
      remove(call, record)
      return NOTHING
    default:
      return undefined
  }
}

function upserted(call: Call, type: string, by: string, value: string): ProviderAnswer {
  const fields = fieldsIn(call.body)
  const before = recordBy(call, type, by, value)
  if (Object.hasOwn(fields, by))
    throw new Refusal(400, 'INVALID_FIELD', `The ${by} field should not be specified in the sobject data.`, [by])
  if (before === undefined) return created(call, insert(call, type, { ...fields, [by]: value }, value))
  change(call, before, fields, value)
  return jsonAnswer(200, { id: before.id, success: true, errors: [], created: false })
}

function created(call: Call, { type, id }: { readonly type: string; readonly id: string }): ProviderAnswer {
  const body = { id, success: true, errors: [], created: true }
  return jsonAnswer(201, body, { location: urlOf(call, type, id) })
}

/** Salesforce's own id comes with the fields that were asked for. */
function selected({ query }: Call): readonly string[] | undefined {
  const names = query.get('fields')?.split(',')
  return names === undefined ? undefined : [...new Set([...names, 'Id'])]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw malformed('The path has a broken percent-escape')
  }
}
