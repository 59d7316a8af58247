/** A value of a field. `null` empties it; undefined leaves it as it is. An object names the record of a relation by an external id. */
export type Value = string | number | boolean | null | undefined

/** Custom fields, and relations by an external id: `{ Account: { Number__c: '7' } }`, `{ Plan__r: { Code__c: 'pro' } }`. */
interface Custom {
  readonly [field: `${string}__c`]: Value
  readonly [relation: `${string}__r`]: Readonly<Record<string, Value>>
}

// Source of the standard fields: https://developer.salesforce.com/docs/platform/object-reference, the page of each object.
export interface AccountFields extends Custom {
  readonly Name?: Value
  readonly AccountNumber?: Value
  readonly Type?: Value
  readonly Industry?: Value
  readonly Phone?: Value
  readonly Website?: Value
  readonly BillingStreet?: Value
  readonly BillingCity?: Value
  readonly BillingPostalCode?: Value
  readonly BillingCountry?: Value
  readonly Description?: Value
  readonly OwnerId?: Value
  readonly ParentId?: Value
}

export interface ContactFields extends Custom {
  readonly FirstName?: Value
  readonly LastName?: Value
  readonly Email?: Value
  readonly Phone?: Value
  readonly MobilePhone?: Value
  readonly Title?: Value
  readonly MailingStreet?: Value
  readonly MailingCity?: Value
  readonly MailingPostalCode?: Value
  readonly MailingCountry?: Value
  readonly AccountId?: Value
  readonly Account?: Readonly<Record<string, Value>>
  readonly OwnerId?: Value
}

export interface OpportunityFields extends Custom {
  readonly Name?: Value
  readonly StageName?: Value
  /** `2026-01-31` */
  readonly CloseDate?: Value
  /** In the currency of the record, a number or a decimal as text. */
  readonly Amount?: Value
  readonly CurrencyIsoCode?: Value
  readonly Probability?: Value
  readonly Type?: Value
  readonly LeadSource?: Value
  readonly Description?: Value
  readonly AccountId?: Value
  readonly Account?: Readonly<Record<string, Value>>
  readonly OwnerId?: Value
}

export interface LeadFields extends Custom {
  readonly FirstName?: Value
  readonly LastName?: Value
  readonly Company?: Value
  readonly Email?: Value
  readonly Phone?: Value
  readonly Status?: Value
  readonly LeadSource?: Value
  readonly Industry?: Value
  readonly Country?: Value
  readonly OwnerId?: Value
}
