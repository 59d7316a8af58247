import type { Ref } from './which.ts'

/** Any other field, by its name in the REST API Browser: standard ones, and custom ones such as `custbody_order`. */
interface Others {
  readonly [field: string]: unknown
}

/** Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545141395.html and the REST API Browser. */
export interface CustomerFields extends Others {
  readonly externalId?: string
  readonly entityId?: string
  readonly companyName?: string
  readonly isPerson?: boolean
  readonly firstName?: string
  readonly lastName?: string
  readonly email?: string
  readonly phone?: string
  readonly currency?: Ref
  readonly subsidiary?: Ref
}

/** One line of a transaction. */
export interface ItemLine extends Others {
  readonly item: Ref
  readonly quantity?: number
  readonly rate?: number
  readonly amount?: number
  readonly description?: string
}

/** What sales orders, invoices and credit memos have in common. */
export interface TransactionFields extends Others {
  readonly externalId?: string
  /** The customer. */
  readonly entity?: Ref
  readonly currency?: Ref
  readonly subsidiary?: Ref
  readonly memo?: string
  /** `2026-01-31`. */
  readonly tranDate?: string
  readonly otherRefNum?: string
  readonly item?: { readonly items: readonly ItemLine[] }
}
