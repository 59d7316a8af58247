import type { Policy } from '../../../src/declare/policy/policy.ts'
import type { SecretRef } from '../../../src/declare/secret/secret.ts'
import { type Connector, type Operation, operation } from '../../../src/declare/target/operation.ts'

interface Access {
  readonly token: SecretRef
  readonly policy: Policy
}

const connector = (name: string, { token, policy }: Access): Connector => ({
  kind: 'connector',
  name,
  baseUrl: `https://${name}.example`,
  secrets: [token.secret],
  policy,
  allow: [],
  proxy: undefined,
  maxResponseBytes: 1_000_000,
  faults: { source: 'none', rows: [] },
})

const call = <I, O>(on: Connector, name: string): Operation<I, O> =>
  operation<I, O>({
    connector: on,
    name,
    idempotency: { by: 'state', why: 'an upsert' },
    request: () => ({ method: 'PUT', path: '/' }),
    response: (response) => response.json() as O,
  })

interface Crm {
  readonly deals: {
    readonly upsert: Operation<{ by: string; id: string; name: string; amount: string; stage: string }, { id: string }>
    readonly update: Operation<{ id: string; stage: string }, { id: string }>
  }
}

export function hubspot(access: Access): Crm {
  const on = connector('hubspot', access)
  return { deals: { upsert: call(on, 'deals.upsert'), update: call(on, 'deals.update') } }
}

interface Erp {
  readonly invoices: {
    readonly create: Operation<{ externalId: string; customer: string; total: string; memo: string }, { id: string }>
    readonly void: Operation<{ id: string }, { id: string }>
  }
}

export function netsuite(access: Access & { readonly account: string }): Erp {
  const on = connector('netsuite', access)
  return { invoices: { create: call(on, 'invoices.create'), void: call(on, 'invoices.void') } }
}
