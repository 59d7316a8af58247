import type { CrmEffect } from '../crm/effect.ts'
import type { PaymentsEffect } from '../payments/call.ts'
import type { Expected } from './expected.ts'
import type { Findings, SentSignup } from './sent.ts'

/** Each signup has one customer at the payments provider, made once. */
export function judgeCustomers(
  found: Findings,
  signups: readonly SentSignup[],
  effects: readonly PaymentsEffect[],
  expected: NonNullable<Expected['customers']>,
): void {
  const made = new Map<string, string[]>()
  for (const effect of effects) {
    const signup = effect.kind === 'customer.created' ? effect.metadata[expected.metadata] : undefined
    if (signup !== undefined) made.set(signup, [...(made.get(signup) ?? []), effect.id])
  }
  for (const { id } of signups) count(found, `signup ${id}`, 'customer', made.get(id) ?? [])
}

/** Each signup has one contact in the CRM, made once and still there. */
export function judgeContacts(
  found: Findings,
  signups: readonly SentSignup[],
  effects: readonly CrmEffect[],
  expected: NonNullable<Expected['contacts']>,
): void {
  const made = new Map<string, string[]>()
  const archived = new Set<string>()
  for (const effect of effects) {
    if (effect.type !== 'contacts') continue
    if (effect.kind === 'archived') archived.add(effect.id)
    const value = effect.kind === 'created' ? effect.properties[expected.property] : undefined
    if (value !== undefined) made.set(value, [...(made.get(value) ?? []), effect.id])
  }
  for (const signup of signups) {
    const value = expected.holds === 'email' ? signup.email.toLowerCase() : signup.id
    const ids = made.get(value) ?? []
    count(found, `signup ${signup.id}`, 'contact', ids)
    const all = ids.length > 0 && ids.every((id) => archived.has(id))
    if (all) found.lost.push(`signup ${signup.id}: its contact ${ids.join(', ')} was archived`)
  }
}

function count(found: Findings, who: string, what: string, ids: readonly string[]): void {
  if (ids.length === 0) found.lost.push(`${who}: no ${what}`)
  if (ids.length > 1) found.doubled.push(`${who}: ${ids.length} ${what}s (${ids.slice(0, 5).join(', ')})`)
}
