import { connector } from '../../../src/adapter/connector/http/connector.ts'
import { isObject, listOf, objectOf, textOf, toJson, unexpected } from '../../../src/adapter/connector/http/json.ts'
import { path, query } from '../../../src/adapter/connector/http/path.ts'
import { TielineError } from '../../../src/core/error.ts'
import {
  type BatchHalves,
  type Connector,
  type OperationSpec,
  operation,
  type RequestContext,
} from '../../../src/declare/target/operation.ts'
import { type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'
import { shopModel } from './shop-model.ts'

export interface Thing {
  readonly id: string
  readonly label: string
  readonly tags?: readonly string[]
}
export interface Made {
  readonly id: string
}
export interface Listing {
  readonly after?: string
}
export interface Listed {
  readonly ids: readonly string[]
  readonly after?: string
}
type PutBatch = BatchHalves<Thing, Made>

/** Every part of a small connector that keeps the laws; a broken one differs in one of them. */
export interface Parts {
  readonly connector: Connector
  readonly create: OperationSpec<Thing, Made>
  readonly put: OperationSpec<Thing, Made>
  /** `put`, for many at once. */
  readonly save: OperationSpec<Thing, Made> & { readonly batch: PutBatch }
  readonly get: OperationSpec<Made, Thing>
  readonly list: OperationSpec<Listing, Listed>
  readonly subject: Partial<ConnectorSubject>
}

export const headersOf = ({ secret }: RequestContext): Record<string, string> => ({
  authorization: `Bearer ${secret('SHOP')[0]}`,
  'content-type': 'application/json',
})

/** The parts that keep the laws, on a connector with these fields changed. */
export function parts(change: Partial<Connector> = {}): Parts {
  const spec = { name: 'shop', baseUrl: 'https://shop.example', secrets: ['SHOP'], faults: { source: 'RFC', rows: [] } }
  const shop: Connector = {
    ...connector({ ...spec }),
    quota: ({ 'x-left': left = '' }) =>
      /^\d{1,6}$/.test(left) ? { remaining: Number(left), resetMs: 1_000 } : undefined,
    ...change,
  }
  const batch: PutBatch = {
    max: 3,
    request: (items, context) => {
      if (items.length < 1 || items.length > 3) throw new TielineError('REQUEST_INVALID', 'one to three things')
      const things = items.map(({ input }) => input)
      return { method: 'POST', path: '/batch', headers: headersOf(context), body: toJson({ things }) }
    },
    response: (response, items) => {
      const results = listOf(objectOf(response), 'results')
      return items.map((_, i) => {
        const result = results[i]
        if (isObject(result) && typeof result['id'] === 'string') return { as: 'done', value: { id: result['id'] } }
        return { as: 'failed', error: new TielineError('PROVIDER_REFUSED', 'refused') }
      })
    },
  }
  const put: Parts['put'] = {
    connector: shop,
    name: 'put',
    idempotency: { by: 'state', why: 'a PUT' },
    request: (thing, context) => ({
      method: 'PUT',
      path: path`/things/${thing.id}`,
      headers: headersOf(context),
      body: toJson(thing),
    }),
    response: (response) => ({ id: textOf(objectOf(response), 'id') }),
  }
  return {
    connector: shop,
    create: {
      connector: shop,
      name: 'create',
      idempotency: { by: 'header', name: 'Idempotency-Key' },
      request: (thing, context) => ({
        method: 'POST',
        path: '/things',
        headers: { ...headersOf(context), 'idempotency-key': context.idempotencyKey },
        body: toJson(thing),
      }),
      response: (response) => ({ id: textOf(objectOf(response), 'id') }),
      repeated: ({ status }) => status === 409,
    },
    put,
    save: { ...put, name: 'save', batch },
    get: {
      connector: shop,
      name: 'get',
      idempotency: { by: 'read' },
      request: ({ id }, context) => ({ method: 'GET', path: path`/things/${id}`, headers: headersOf(context) }),
      response: (response) => {
        const thing = objectOf(response)
        return { id: textOf(thing, 'id'), label: textOf(thing, 'label') }
      },
    },
    list: {
      connector: shop,
      name: 'list',
      idempotency: { by: 'read' },
      request: ({ after }, context) => ({
        method: 'GET',
        path: `/things${query({ after })}`,
        headers: headersOf(context),
      }),
      response: (response, input) => {
        const answer = objectOf(response)
        const { after } = answer
        const ids = listOf(answer, 'things').map((thing) => textOf(thing, 'id'))
        if (after === undefined) return { ids }
        if (typeof after !== 'string' || after === input.after) throw unexpected('the page leads to itself')
        return { ids, after }
      },
    },
    subject: {},
  }
}

export function subjectOf({ connector: shop, create, put, save, get, list, subject }: Parts): ConnectorSubject {
  const [one, two] = [
    { id: 'a', label: 'A', tags: ['y', 'x'] },
    { id: 'b', label: 'B' },
  ]
  return {
    connector: shop,
    operations: [
      example(operation(create), { input: one, other: two }),
      example(operation(put), { input: one, other: two }),
      example(operation(save), { input: one, other: two, bad: { id: 'c', label: 'bad' } }),
      example(operation(get), {
        input: { id: 'a' },
        other: { id: 'b' },
        answers: [{ body: { id: 'a', label: 'A' }, gives: { id: 'a', label: 'A' } }],
      }),
      example(operation(list), {
        input: { after: 'a' },
        other: {},
        pages: {
          given: () => ({}),
          next: ({ after }) => (after === undefined ? undefined : { after }),
          items: ({ ids }) => ids,
          count: 5,
        },
      }),
    ],
    provider: () => modelProvider(shopModel(['a', 'b', 'c', 'd', 'e']), (effects) => effects),
    ...subject,
  }
}
