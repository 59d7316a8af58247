import { type Call, type Fields, folded, type SalesforceEffect, type SObject } from './org.ts'
import { matching } from './record.ts'
import { Refusal } from './refusal.ts'

const REQUIRED: Readonly<Record<string, readonly string[]>> = Object.freeze({
  Account: ['Name'],
  Contact: ['LastName'],
  Opportunity: ['Name', 'StageName', 'CloseDate'],
  Lead: ['LastName', 'Company'],
})

/** @throws {Refusal} 400 for a field that is missing, wrong or taken, or a record that is locked */
export function insert(call: Call, type: string, given: Fields, key?: string): SObject {
  unlocked(call, [key])
  const fields = withoutNull(checked(call, type, given))
  const absent = (REQUIRED[type] ?? []).filter((name) => (fields[name] ?? '') === '')
  if (absent.length > 0)
    throw new Refusal(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${absent.join(', ')}]`, absent)
  const { nowMs } = call.context
  const record = { type, id: call.org.nextId(type), fields, createdMs: nowMs, updatedMs: nowMs, deleted: false }
  return put(call, 'created', record, Object.keys(fields))
}

/** Changes what is different; nothing different is a repeat. */
export function change(call: Call, before: SObject, given: Fields, key?: string): SObject {
  unlocked(call, [before.id, key])
  const fields = checked(call, before.type, given)
  const changed = Object.keys(fields).filter((name) => (before.fields[name] ?? null) !== fields[name])
  if (changed.length === 0) {
    call.org.repeats += 1
    return before
  }
  const all = withoutNull({ ...before.fields, ...fields })
  return put(call, 'updated', { ...before, fields: all, updatedMs: call.context.nowMs }, changed)
}

export function remove(call: Call, before: SObject): void {
  unlocked(call, [before.id])
  put(call, 'deleted', { ...before, deleted: true, updatedMs: call.context.nowMs }, [])
}

function put(call: Call, kind: SalesforceEffect['kind'], record: SObject, changed: readonly string[]): SObject {
  const { org, context } = call
  if (kind !== 'deleted') untaken(call, record)
  org.records.put(record)
  const { type, id, fields } = record
  org.effects.push({ seq: org.effects.length + 1, atMs: context.nowMs, kind, type, id, fields, changed })
  return record
}

function unlocked({ org }: Call, keys: readonly (string | undefined)[]): void {
  for (const key of keys) {
    const times = key === undefined ? undefined : org.locks.get(key)
    if (key === undefined || times === undefined) continue
    if (times > 1) org.locks.set(key, times - 1)
    else org.locks.delete(key)
    throw new Refusal(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record or 1 records: ')
  }
}

function untaken({ org }: Call, record: SObject): void {
  for (const name of org.schema.unique?.[record.type] ?? []) {
    const value = record.fields[name]
    const other =
      value == null ? undefined : org.records.having(record.type, name, value).find(({ id }) => id !== record.id)
    if (other !== undefined)
      throw new Refusal(
        400,
        'DUPLICATE_VALUE',
        `duplicate value found: ${name} duplicates value on record with id: ${other.id}`,
      )
  }
}

/** Fields with relations resolved: `{ Account: { Number__c: '7' } }` is `AccountId`, `{ Plan__r: { Code__c: 'pro' } }` is `Plan__c`. */
function checked(call: Call, type: string, given: Fields): Fields {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'attributes') continue
    if (name === 'Id')
      throw new Refusal(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert or update call', ['Id'])
    if (!/^[A-Za-z]\w*$/.test(name))
      throw new Refusal(400, 'INVALID_FIELD', `No such column '${name.slice(0, 80)}' on sobject of type ${type}`)
    if (typeof value !== 'object' || value === null) fields[name] = value
    else fields[name.endsWith('__r') ? `${name.slice(0, -1)}c` : `${name}Id`] = related(call, name, value as Fields)
  }
  return fields
}

function related(call: Call, name: string, by: Fields): string {
  const [[field, value] = ['', '']] = Object.entries(by).filter(([one]) => one !== 'attributes')
  const types = name.endsWith('__r') ? new Set([...call.org.records.values()].map(({ type }) => type)) : [name]
  const found = [...types].flatMap((type) => matching(call, type, field, String(value)))
  if (found[0] !== undefined && found.length === 1) return found[0].id
  throw new Refusal(
    400,
    'INVALID_FIELD',
    `Foreign key external ID: ${folded(value).slice(0, 80)} not found for field ${field} in entity ${name}`,
  )
}

const withoutNull = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
