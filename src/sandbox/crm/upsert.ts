import { type Call, inputsOf, wordOf } from './call.ts'
import { propertiesOf } from './object-type.ts'
import { invalid, Refusal } from './refusal.ts'
import { type RenderedObject, rendered } from './render.ts'
import type { Shelf } from './shelf.ts'
import { change, insert } from './write.ts'

export interface UpsertedObject extends RenderedObject {
  readonly new: boolean
  readonly objectWriteTraceId?: string
}

export interface FailedInput {
  readonly id: string
  readonly writeTrace: string | undefined
  readonly refusal: Refusal
}

export interface Upserted {
  readonly results: readonly UpsertedObject[]
  readonly failed: readonly FailedInput[]
}

/**
 * Creates or changes each input's object, found by the unique property `idProperty` (of the input, or of the query). Inputs that
 * are refused do not hold up the others; a conflict does, as with the real one (airbytehq/airbyte#76340), and what came before it is done.
 * @throws {Refusal} 400 when an id is named twice; 409 for a conflict; the refusal of the input when no input succeeded.
 */
export function upsertBatch(call: Call, shelf: Shelf): Upserted {
  const inputs = inputsOf(call).map((input) => ({
    id: wordOf(input['id'], 'id'),
    by: wordOf(input['idProperty'] ?? call.query.get('idProperty') ?? undefined, 'idProperty'),
    properties: input['properties'],
    writeTrace: typeof input['objectWriteTraceId'] === 'string' ? input['objectWriteTraceId'] : undefined,
  }))
  const ids = inputs.map(({ id, by }) => `${by}\n${by === 'email' ? id.toLowerCase() : id}`)
  const twice = inputs.filter((_, index) => ids.indexOf(ids[index] ?? '') !== index)
  if (twice.length > 0) {
    throw invalid(
      `Duplicate IDs found in batch input: [${twice.map(({ id }) => id.slice(0, 80)).join(', ')}]. IDs must be unique`,
    )
  }
  const results: UpsertedObject[] = []
  const failed: FailedInput[] = []
  for (const { id, by, properties, writeTrace } of inputs) {
    const trace = writeTrace ?? call.idempotencyKey
    try {
      const existing = shelf.find(id, by)
      if (by === 'hs_object_id' && existing?.archived !== false)
        throw invalid(`No object has the id ${id.slice(0, 80)}`)
      const given = propertiesOf(properties)
      const { object, created } = existing
        ? change(call, shelf, existing, given, trace)
        : insert(call, shelf, { ...propertiesOf({ [by]: id }), ...given }, trace)
      const result = { ...rendered(shelf, object), new: created }
      results.push(writeTrace === undefined ? result : { ...result, objectWriteTraceId: writeTrace })
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.category === 'CONFLICT') throw thrown
      failed.push({ id, writeTrace, refusal: thrown })
    }
  }
  const [first] = failed
  if (first && results.length === 0) throw first.refusal
  return { results, failed }
}
