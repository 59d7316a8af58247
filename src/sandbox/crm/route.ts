import { jsonAnswer, type ProviderAnswer } from '../provider.ts'
import { associateDefault, dissociate, listAssociations } from './association.ts'
import type { Call } from './call.ts'
import { objectTypeOf } from './object-type.ts'
import { getObject, listObjects, readBatch } from './read.ts'
import { Refusal } from './refusal.ts'
import { searchObjects } from './search.ts'
import { upsertBatch } from './upsert.ts'
import { archiveObject, createObject, updateObject } from './write.ts'

/** Paths of CRM objects v3 and associations v4. */
export function answerCall(call: Call, method: string, path: string): ProviderAnswer {
  const parts = path.split('/').slice(1).map(decoded)
  const area = parts.slice(0, 3).join('/')
  const answer =
    area === 'crm/v3/objects'
      ? objects(call, method, parts.slice(3))
      : area === 'crm/v4/objects'
        ? associations(call, method, parts.slice(3))
        : undefined
  if (answer) return answer
  throw new Refusal(404, 'OBJECT_NOT_FOUND', `No endpoint ${method} ${path.slice(0, 200)}`)
}

function objects(call: Call, method: string, parts: readonly string[]): ProviderAnswer | undefined {
  const [type = '', id, verb, more] = parts
  if (more !== undefined) return undefined
  const shelf = call.state.shelves[objectTypeOf(type)]
  const shape = `${method} ${id === undefined ? '' : id === 'batch' || id === 'search' ? id : ':id'}${verb === undefined ? '' : `/${verb}`}`
  switch (shape) {
    case 'POST ':
      return jsonAnswer(201, createObject(call, shelf))
    case 'GET ':
      return jsonAnswer(200, listObjects(call, shelf))
    case 'POST search':
      return jsonAnswer(200, searchObjects(call, shelf))
    case 'POST batch/upsert': {
      const { results, failed } = upsertBatch(call, shelf)
      return batchAnswer(
        call,
        results,
        failed.map(({ id: failedId, writeTrace, refusal }) => ({
          ...errorOf(refusal),
          context: { ids: [failedId], ...(writeTrace === undefined ? {} : { objectWriteTraceId: [writeTrace] }) },
        })),
      )
    }
    case 'POST batch/read': {
      const { found, missing } = readBatch(call, shelf)
      const refusal = new Refusal(
        404,
        'OBJECT_NOT_FOUND',
        `Could not get some ${shelf.type.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
      )
      return batchAnswer(call, found, missing.length === 0 ? [] : [{ ...errorOf(refusal), context: { ids: missing } }])
    }
    case 'GET :id':
      return jsonAnswer(200, getObject(call, shelf, id ?? ''))
    case 'PATCH :id':
      return jsonAnswer(200, updateObject(call, shelf, id ?? ''))
    case 'DELETE :id':
      archiveObject(call, shelf, id ?? '')
      return NOTHING
    default:
      return undefined
  }
}

function associations(call: Call, method: string, parts: readonly string[]): ProviderAnswer | undefined {
  const [type = '', id = '', word, ...to] = parts
  if (word !== 'associations') return undefined
  const from = [type, id] as const
  if (method === 'PUT' && to.length === 3 && to[0] === 'default') {
    return jsonAnswer(200, associateDefault(call, from, [to[1] ?? '', to[2] ?? '']))
  }
  if (method === 'GET' && to.length === 1) return jsonAnswer(200, listAssociations(call, from, to[0] ?? ''))
  if (method !== 'DELETE' || to.length !== 2) return undefined
  dissociate(call, from, [to[0] ?? '', to[1] ?? ''])
  return NOTHING
}

const NOTHING: ProviderAnswer = Object.freeze({ status: 204, headers: Object.freeze({}), body: '' })

function batchAnswer(call: Call, results: readonly unknown[], errors: readonly unknown[]): ProviderAnswer {
  const time = new Date(call.context.nowMs).toISOString()
  const batch = { status: 'COMPLETE', results, startedAt: time, completedAt: time }
  return errors.length === 0 ? jsonAnswer(200, batch) : jsonAnswer(207, { ...batch, numErrors: errors.length, errors })
}

const errorOf = (refusal: Refusal): Readonly<Record<string, unknown>> => ({
  status: 'error',
  category: refusal.category,
  message: refusal.message,
  ...refusal.extra,
})

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refusal(400, 'VALIDATION_ERROR', 'The path has a broken percent-escape')
  }
}
