import { type Call, happened, secondsOf } from './call.ts'
import type { Customer } from './object.ts'
import { addressOf, listOf, metadataOf, onlyKnown, textOf } from './parameter.ts'
import { invalid } from './refusal.ts'
import type { ListAnswer } from './shelf.ts'

const WRITABLE = ['address', 'description', 'email', 'metadata', 'name', 'phone', 'preferred_locales'] as const

export function createCustomer(call: Call): Customer {
  onlyKnown(call.form, WRITABLE)
  const blank: Customer = {
    id: '',
    object: 'customer',
    address: null,
    balance: 0,
    created: secondsOf(call),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: null,
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
  const filled = filledFrom(call, blank)
  const customer = call.state.customers.put({ ...filled, id: call.context.nextId('cus_') })
  happened(call, 'customer.created', customer)
  return customer
}

export function retrieveCustomer(call: Call, id: string): Customer {
  onlyKnown(call.form, [])
  return call.state.customers.get(id)
}

export function updateCustomer(call: Call, id: string): Customer {
  onlyKnown(call.form, WRITABLE)
  const before = call.state.customers.get(id)
  const after = filledFrom(call, before)
  const previous: Record<string, unknown> = {}
  for (const field of WRITABLE) {
    if (JSON.stringify(before[field]) !== JSON.stringify(after[field])) previous[field] = before[field]
  }
  if (Object.keys(previous).length === 0) return before
  call.state.customers.put(after)
  happened(call, 'customer.updated', after, previous)
  return after
}

export function listCustomers(call: Call): ListAnswer<Customer> {
  onlyKnown(call.form, ['email', 'ending_before', 'limit', 'starting_after'])
  const email = textOf(call.form, 'email')
  return call.state.customers.page(call.form, call.path, (one) => email === undefined || one.email === email)
}

function filledFrom(call: Call, before: Customer): Customer {
  const email = textOf(call.form, 'email', 512)
  if (email !== undefined && email !== '' && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw invalid(`Invalid email address: ${email.slice(0, 80)}`, { code: 'email_invalid', param: 'email' })
  }
  const pick = (name: string, old: string | null): string | null => {
    const given = textOf(call.form, name)
    return given === undefined ? old : given === '' ? null : given
  }
  const address = addressOf(call.form)
  return {
    ...before,
    address: address === undefined ? before['address'] : address,
    description: pick('description', before.description),
    email: pick('email', before.email),
    metadata: metadataOf(call.form, before.metadata),
    name: pick('name', before.name),
    phone: pick('phone', before.phone),
    preferred_locales: listOf(call.form, 'preferred_locales') ?? before['preferred_locales'],
  }
}
