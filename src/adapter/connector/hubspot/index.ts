export type { Upsert, UpsertOutcome } from './batch.ts'
export type { AssociationChange, HubspotEvent, HubspotEvents, Merge, PropertyChange } from './event.ts'
export type { CompanyFields, ContactFields, DealFields, Value } from './fields.ts'
export {
  type HubspotCalling,
  type HubspotOperations,
  type HubspotReceiving,
  type HubspotSources,
  hubspot,
} from './hubspot.ts'
export type { Association, Associations, CrmObject, Which } from './objects.ts'
export type { CrmRecord, Upserted } from './record.ts'
export type { Filter, Found, Search } from './search.ts'
