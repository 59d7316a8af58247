/** A value of a property. HubSpot stores text: numbers and booleans are written as such, `null` empties the property. */
export type Value = string | number | boolean | null | undefined

/** Properties by HubSpot's own internal names; they win over a friendly name for the same property. */
interface Others {
  readonly properties?: Readonly<Record<string, Value>>
}

export interface ContactFields extends Others {
  readonly email?: Value
  readonly firstName?: Value
  readonly lastName?: Value
  readonly phone?: Value
  readonly company?: Value
  readonly website?: Value
  readonly lifecycleStage?: Value
}

export interface CompanyFields extends Others {
  readonly name?: Value
  readonly domain?: Value
  readonly industry?: Value
  readonly phone?: Value
  readonly city?: Value
  readonly country?: Value
  readonly website?: Value
}

export interface DealFields extends Others {
  readonly name?: Value
  readonly stage?: Value
  readonly pipeline?: Value
  /** A decimal in the currency of the deal: `'12.50'`. */
  readonly amount?: Value
  /** ISO 8601, or milliseconds since 1970. */
  readonly closedAt?: Value
}

/** Friendly name -> HubSpot's internal name. */
export type Names = Readonly<Record<string, string>>
type NamesOf<F> = Readonly<Record<Exclude<keyof F, 'properties'>, string>>

// Source: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and its siblings, default properties.
export const CONTACT_NAMES: NamesOf<ContactFields> = Object.freeze({
  email: 'email',
  firstName: 'firstname',
  lastName: 'lastname',
  phone: 'phone',
  company: 'company',
  website: 'website',
  lifecycleStage: 'lifecyclestage',
})

export const COMPANY_NAMES: NamesOf<CompanyFields> = Object.freeze({
  name: 'name',
  domain: 'domain',
  industry: 'industry',
  phone: 'phone',
  city: 'city',
  country: 'country',
  website: 'website',
})

export const DEAL_NAMES: NamesOf<DealFields> = Object.freeze({
  name: 'dealname',
  stage: 'dealstage',
  pipeline: 'pipeline',
  amount: 'amount',
  closedAt: 'closedate',
})

/** HubSpot's properties of a record, undefined ones left out. */
export function propertiesOf(fields: object, names: Names): Readonly<Record<string, string>> {
  const given = fields as Readonly<Record<string, Value>> & Others
  const properties: Record<string, string> = {}
  const put = (name: string, value: Value): void => {
    if (value !== undefined) properties[name] = value === null ? '' : String(value)
  }
  for (const [friendly, name] of Object.entries(names)) put(name, given[friendly])
  for (const [name, value] of Object.entries(given.properties ?? {})) put(name, value)
  return properties
}
