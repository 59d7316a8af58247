import { bearer, http, path } from '../../../src/adapter/connector/http/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import type { Provider, ProviderRequest } from '../../../src/sandbox/provider.ts'
import { type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'
import { keyedProvider } from '../../../src/testing/simulation/keyed-provider.ts'

const erp = http('erp', { baseUrl: 'https://erp.example.com/api/v2', auth: bearer(secret('ERP_TOKEN')) })

interface Order {
  readonly id: string
  readonly total: number
  readonly lines: readonly string[]
}
const ORDER: Order = { id: 'o 1', total: 10, lines: ['a', 'b'] }
const OTHER: Order = { id: 'o2', total: 20, lines: [] }

/** A system with a state for each path, and keys for what is posted. */
function erpModel(): Provider<readonly ProviderRequest[]> {
  const states = new Map<string, string>()
  const changed: ProviderRequest[] = []
  const posts = keyedProvider('erp', () => ({ status: 201, body: { state: 'open' } }))
  return {
    ...posts,
    ledger: () => [...posts.ledger(), ...changed],
    handle: (request, context) => {
      const { method, path: place } = request
      if (method === 'POST' || method === 'PATCH') return posts.handle(request, context)
      const state = method === 'DELETE' ? 'gone' : new TextDecoder().decode(request.body)
      if (method === 'DELETE' && states.get(place) === state) return { status: 404, headers: {}, body: '' }
      if (method !== 'GET' && states.get(place) !== state) {
        states.set(place, state)
        changed.push(request)
      }
      return { status: 200, headers: {}, body: JSON.stringify({ state: states.get(place) ?? 'open' }) }
    },
  }
}

export const httpSubject: ConnectorSubject = {
  connector: erp.connector,
  operations: [
    example(erp.post<Order>('/orders', { name: 'orders.create' }), { input: ORDER, other: OTHER }),
    example(
      erp.put(({ id }: Order) => path`/orders/${id}`, {
        name: 'orders.put',
        timeout: '5s',
        maxResponseBytes: 1_000,
        query: ({ total, lines }) => ({ total, lines, dry: false }),
        headers: ({ id }) => ({ 'x-order': id }),
      }),
      { input: ORDER, other: OTHER },
    ),
    example(
      erp.patch(({ id }: Order) => path`/orders/${id}/lines`, {
        name: 'orders.lines',
        body: ({ lines }) => ({ lines }),
      }),
      { input: ORDER, other: OTHER },
    ),
    example(
      erp.delete(({ id }: Order) => path`/orders/${id}`, {
        name: 'orders.delete',
        repeated: ({ status }) => status === 404,
      }),
      { input: ORDER, other: OTHER },
    ),
    example(
      erp.get(({ id }: Order) => path`/orders/${id}`, { name: 'orders.get', query: ({ lines }) => ({ lines }) }),
      { input: ORDER, other: OTHER, answers: [{ body: { state: 'open' }, gives: { state: 'open' } }] },
    ),
  ],
  provider: () => modelProvider(erpModel(), (done) => done),
}
