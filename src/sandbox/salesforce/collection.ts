import { isId } from './id.ts'
import { type Call, type Fields, folded, transaction } from './org.ts'
import { fieldsIn, matching } from './record.ts'
import { malformed, Refusal } from './refusal.ts'
import { change, insert, remove } from './write.ts'

const MOST = 200 // of a collection

/** Each record by itself, or all or none. The results are in the order of the records. */
export function upsertAll(call: Call, type: string, by: string): readonly unknown[] {
  const { records, allOrNone = false } = fieldsIn(call.body)
  if (!Array.isArray(records) || records.length === 0) throw malformed('records must be a filled array')
  atMost(records.length)
  const given = records.map(fieldsIn)
  if (given.some((record) => fieldsIn(record['attributes'])['type'] !== type))
    throw new Refusal(400, 'INVALID_TYPE', `every record must be of the type ${type}`)
  const keys = given.map((record) => folded(record[by]))
  matching(call, type, by, '') // refuses a field that is no external id for the whole request
  return each(call, given, allOrNone === true, (record) => {
    const value = record[by]
    if (value === undefined || value === null || value === '')
      throw new Refusal(400, 'MISSING_ARGUMENT', `${by} not specified`, [by])
    if (keys.filter((key) => key === folded(value)).length > 1)
      throw new Refusal(400, 'DUPLICATE_VALUE', `Duplicate external id specified: ${String(value)}`, [by])
    const found = matching(call, type, by, String(value))
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ')
      throw new Refusal(
        400,
        'DUPLICATE_EXTERNAL_ID',
        `${by}: more than one record found for external id field: [${ids}]`,
      )
    }
    const { id } =
      found[0] === undefined ? insert(call, type, record, String(value)) : change(call, found[0], record, String(value))
    return { id, success: true, errors: [], created: found[0] === undefined }
  })
}

export function deleteAll(call: Call): readonly unknown[] {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '')
  if (ids.length === 0) throw new Refusal(400, 'MISSING_ARGUMENT', 'ids not specified')
  atMost(ids.length)
  return each(call, ids, call.query.get('allOrNone') === 'true', (id) => {
    if (!isId(id)) throw new Refusal(400, 'MALFORMED_ID', `malformed id ${id.slice(0, 80)}`)
    const record = call.org.records.get(id)
    if (record === undefined) throw new Refusal(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
    if (record.deleted) throw new Refusal(400, 'ENTITY_IS_DELETED', 'entity is deleted')
    remove(call, record)
    return { id: record.id, success: true, errors: [] }
  })
}

class RolledBack extends Error {
  readonly results: readonly unknown[]

  constructor(results: readonly unknown[]) {
    super('rolled back')
    this.results = results
  }
}

function each<T extends Fields | string>(
  call: Call,
  items: readonly T[],
  allOrNone: boolean,
  run: (item: T) => unknown,
): readonly unknown[] {
  const perform = (): readonly unknown[] => {
    const results = items.map((item) => attempt(() => run(item)))
    const failed = results.some((one) => one instanceof Refusal)
    if (failed && allOrNone)
      throw new RolledBack(results.map((one) => (one instanceof Refusal ? one : ROLLED_BACK).result()))
    return results.map((one) => (one instanceof Refusal ? one.result() : one))
  }
  try {
    return transaction(call.org, perform)
  } catch (thrown) {
    if (thrown instanceof RolledBack) return thrown.results
    throw thrown
  }
}

const ROLLED_BACK = new Refusal(
  400,
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'Record rolled back because not all records were valid and the request was using AllOrNone header',
)

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown
    throw thrown
  }
}

function atMost(count: number): void {
  if (count > MOST)
    throw new Refusal(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST} records into this call`,
    )
}
