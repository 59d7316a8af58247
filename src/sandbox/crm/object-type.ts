import { invalid, Refusal } from './refusal.ts'

export type ObjectType = 'contacts' | 'companies' | 'deals'

interface TypeFacts {
  readonly one: string
  /** Properties of an answer when the request names none. */
  readonly shown: readonly string[]
  /** The property that holds the time of the last change. */
  readonly modified: string
}

/** Source: developers.hubspot.com/docs/api-reference/crm-contacts-v3, crm-companies-v3, crm-deals-v3. */
export const TYPES: Readonly<Record<ObjectType, TypeFacts>> = Object.freeze({
  contacts: { one: 'Contact', shown: ['email', 'firstname', 'lastname'], modified: 'lastmodifieddate' },
  companies: { one: 'Company', shown: ['domain', 'name'], modified: 'hs_lastmodifieddate' },
  deals: {
    one: 'Deal',
    shown: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
    modified: 'hs_lastmodifieddate',
  },
})

/** Ids that stand for the names in paths: `0-3` is deals. */
const TYPE_IDS: Readonly<Record<string, ObjectType>> = { '0-1': 'contacts', '0-2': 'companies', '0-3': 'deals' }

// Names in the singular are understood, too.
const SINGULAR: Readonly<Record<string, ObjectType>> = { contact: 'contacts', company: 'companies', deal: 'deals' }

export function objectTypeOf(name: string): ObjectType {
  if (Object.hasOwn(TYPES, name)) return name as ObjectType
  const type = (Object.hasOwn(TYPE_IDS, name) && TYPE_IDS[name]) || (Object.hasOwn(SINGULAR, name) && SINGULAR[name])
  if (type) return type
  throw new Refusal(400, 'VALIDATION_ERROR', `Unable to infer object type from: ${name.slice(0, 80)}`)
}

export type Properties = Readonly<Record<string, string>>

const NAME = /^[a-z][a-z0-9_]{0,99}$/
const EMAIL_LIMIT = 254 // RFC 5321 section 4.5.3.1.3; looked at first, for the pattern takes the square of a long one's time
const VALUE_LIMIT = 65_536 // characters of a multi-line text property
const READ_ONLY: readonly string[] = ['createdate', 'hs_lastmodifieddate', 'hs_object_id', 'lastmodifieddate']

/**
 * Properties of a request as the CRM keeps them: all values are text, empty text clears. Any well-formed name is taken as a declared property.
 * @throws {Refusal} 400 VALIDATION_ERROR that names the properties.
 */
export function propertiesOf(value: unknown): Properties {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('Invalid input JSON: properties must be an object of names and values')
  }
  const properties: Record<string, string> = {}
  for (const [name, given] of Object.entries(value)) {
    if (!NAME.test(name)) throw wrong(name, 'PROPERTY_DOESNT_EXIST', `Property "${name.slice(0, 80)}" does not exist`)
    if (READ_ONLY.includes(name))
      throw wrong(name, 'READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`)
    if (given !== null && typeof given === 'object') throw wrong(name, 'INVALID_STRING', 'a value must be text')
    const text = given === null ? '' : String(given)
    if (text.length > VALUE_LIMIT) throw wrong(name, 'PROPERTY_TOO_LARGE', `longer than ${VALUE_LIMIT} characters`)
    properties[name] = text
  }
  const { email } = properties
  if (email !== undefined && email !== '') {
    if (email.length > EMAIL_LIMIT || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
      throw wrong('email', 'INVALID_EMAIL', `Email address ${email.slice(0, 80)} is invalid`)
    }
    properties['email'] = email.toLowerCase()
  }
  return properties
}

export function wrong(name: string, error: string, message: string): Refusal {
  const detail = { isValid: false, message, error, name: name.slice(0, 80) }
  return invalid(`Property values were not valid: ${JSON.stringify([detail])}`, {
    errors: [{ message, code: error, context: { propertyName: [name.slice(0, 80)] } }],
  })
}
