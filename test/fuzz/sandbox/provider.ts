import { crm } from '../../../src/sandbox/crm/crm.ts'
import { payments } from '../../../src/sandbox/payments/payments.ts'
import type { Provider, ProviderContext, ProviderRequest } from '../../../src/sandbox/provider.ts'
import type { Chance } from '../chance.ts'
import { jsonBytes } from '../json/corpus.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

/** A few requests that one provider gets in a row. */
interface Calls {
  readonly calls: readonly {
    readonly method: string
    readonly path: string
    readonly query: string
    readonly key: string
    readonly body: Uint8Array
  }[]
}

const FORMS = [
  'email=ada%40example.com&metadata[signup_id]=su_1&address[city]=Bern',
  'amount=1050&currency=eur&confirm=true&payment_method=pm_card_visa&metadata[order]=7',
  'payment_intent=pi_1&amount=5',
  '',
]
const PAYMENT_PATHS = [
  '/v1/customers',
  '/v1/customers/cus_1',
  '/v1/payment_intents',
  '/v1/payment_intents/pi_1/confirm',
  '/v1/refunds',
  '/v1/events',
  '/v1/charges/ch_1',
]
const CRM_PATHS = [
  '/crm/v3/objects/contacts',
  '/crm/v3/objects/contacts/101',
  '/crm/v3/objects/contacts/search',
  '/crm/v3/objects/deals/batch/upsert',
  '/crm/v3/objects/deals/batch/read',
  '/crm/v4/objects/deals/101/associations/default/contacts/102',
  '/crm/v4/objects/deals/101/associations/contacts',
]
const CRM_BODIES: readonly unknown[] = [
  { properties: { email: 'a@b.ch', firstname: 'Ada' } },
  {
    inputs: [
      { idProperty: 'payment_id', id: 'pi_1', properties: { dealname: 'x', amount: '10.50', dealstage: 'closedwon' } },
    ],
  },
  {
    filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'a@b.ch' }] }],
    sorts: [{ propertyName: 'createdate', direction: 'DESCENDING' }],
    limit: 10,
    after: 0,
    properties: ['email'],
    query: 'ada',
  },
  { properties: ['email'], idProperty: 'email', inputs: [{ id: 'a@b.ch' }] },
]

function provider(
  name: string,
  about: string,
  open: () => Provider<unknown>,
  type: string,
  paths: readonly string[],
  bodyOf: (chance: Chance) => Uint8Array,
): AnyTarget {
  return target<Calls, 'answers' | 'json'>({
    name,
    about,
    laws: { answers: 'every request is answered with 2xx or 4xx', json: 'the answer is JSON, or empty with 204' },
    make: (chance) => ({
      calls: Array.from({ length: chance.between(1, 3) }, () => ({
        method: chance.one(['GET', 'POST', 'POST', 'PATCH', 'PUT', 'DELETE']),
        path: chance.once(3) ? mutateText(chance, chance.one(paths)) : chance.one(paths),
        query: chance.once(3) ? mutateText(chance, 'limit=10&after=0&properties=email&archived=true') : '',
        key: chance.once(3) ? mutateText(chance, 'key') : '',
        body: bodyOf(chance),
      })),
    }),
    check({ calls }, broken) {
      const own = open()
      const ids = new Map<string, number>()
      const context: ProviderContext = {
        nowMs: Date.UTC(2026, 8, 1),
        nextId: (prefix) => {
          ids.set(prefix, (ids.get(prefix) ?? 0) + 1)
          return `${prefix}${ids.get(prefix)}`
        },
      }
      for (const { key, ...call } of calls) {
        const headers: ProviderRequest['headers'] = {
          authorization: 'Bearer sk_test_made_up',
          'content-type': type,
          ...(key === '' ? {} : { 'idempotency-key': key }),
        }
        const { status, body } = own.handle({ ...call, headers }, context)
        if (!(status >= 200 && status < 300) && !(status >= 400 && status < 500)) broken('answers', String(status))
        if (status === 204 ? body !== '' : typeof JSON.parse(body) !== 'object') broken('json', body)
      }
      own.ledger()
      JSON.stringify(own.state())
    },
    grow: {
      to: 60_000, // a value of the CRM has at most 65,536 characters
      run(text) {
        const body =
          type === 'application/json'
            ? JSON.stringify({ properties: { email: `a@${text}`, x: text } })
            : `email=${text}&metadata[a]=${text}`
        const context = { nowMs: 0, nextId: (prefix: string) => `${prefix}1` }
        open().handle(
          {
            method: 'POST',
            path: paths[0] as string,
            query: '',
            headers: { authorization: 'Bearer sk_test_made_up', 'content-type': type },
            body: Buffer.from(body),
          },
          context,
        )
      },
    },
  })
}

export const PROVIDERS: readonly AnyTarget[] = [
  provider(
    'sandbox-payments',
    'requests to the payments provider',
    () => payments(),
    'application/x-www-form-urlencoded',
    PAYMENT_PATHS,
    (chance) =>
      Buffer.from(chance.once(2) ? chance.one(FORMS) : mutateText(chance, chance.one(FORMS), chance.one(FORMS))),
  ),
  provider(
    'sandbox-crm',
    'requests to the CRM',
    () => crm(),
    'application/json',
    CRM_PATHS,
    (chance) => (chance.once(3) ? Buffer.from(JSON.stringify(chance.one(CRM_BODIES))) : jsonBytes(chance, CRM_BODIES)),
  ),
]
