import type { CrmEffect } from '../crm/effect.ts'
import { type Acceptance, because } from './acceptance.ts'
import type { Expected, PaymentEvent } from './expected.ts'
import type { Findings, SentPayment } from './sent.ts'

type Rules = NonNullable<Expected['deals']>

/**
 * Each payment has one deal, and it ends with the mark of the last thing that happened.
 *
 * What is doubled: two deals made for one payment, although one may have been archived since; and an effect that comes again after
 * another one (paid, refunded, paid). An upsert with the values that are there already is no effect and doubles nothing.
 */
export function judgeDeals(
  found: Findings,
  payments: readonly SentPayment[],
  effects: readonly CrmEffect[],
  acceptance: Acceptance,
  expected: Rules,
): void {
  const histories = new Map<string, CrmEffect[]>()
  for (const effect of effects) {
    const payment = effect.type === 'deals' && !effect.with ? effect.properties[expected.property] : undefined
    if (payment === undefined) continue
    const history = histories.get(payment)
    if (history) history.push(effect)
    else histories.set(payment, [effect])
  }
  for (const payment of payments) judgeDeal(found, payment, histories.get(payment.id) ?? [], acceptance, expected)
}

function judgeDeal(
  found: Findings,
  { id, refunded }: SentPayment,
  history: readonly CrmEffect[],
  acceptance: Acceptance,
  expected: Rules,
): void {
  const who = `payment ${id}`
  const note = (type: PaymentEvent): string => because(acceptance.acknowledged(id, type))
  const made = history.filter(({ kind }) => kind === 'created').map((effect) => effect.id)
  const last = history.at(-1)
  if (!last) {
    found.lost.push(`${who}: no deal${note('payment_intent.succeeded')}`)
    return
  }
  if (last.kind === 'archived') found.lost.push(`${who}: its deal ${last.id} was archived`)
  const marks = marksOf(history, expected.mark)
  const again = marks.find((mark, index) => marks.indexOf(mark) < index)
  const state = history.find((effect, index) => history.some((old, at) => at < index && sameState(old, effect)))
  if (made.length > 1) found.doubled.push(`${who}: ${made.length} deals (${made.slice(0, 5).join(', ')})`)
  else if (again !== undefined)
    found.doubled.push(`${who}: ${expected.mark} went ${marks.join(', ')}; ${again} came twice`)
  else if (state) found.doubled.push(`${who}: deal ${state.id} came back to an earlier state (effect ${state.seq})`)
  const { 'payment_intent.succeeded': paid, 'charge.refunded': back } = expected.marks
  if (!refunded) {
    if (!marks.includes(paid)) found.lost.push(`${who}: its deal was never ${paid}${note('payment_intent.succeeded')}`)
    return
  }
  if (!marks.includes(back)) found.lost.push(`${who}: its deal was never ${back}${note('charge.refunded')}`)
  else if (marks.at(-1) !== back && again === undefined) {
    const list = acceptance.order(id) === 'paid first' ? found.outOfOrder : found.stale
    list.push(`${who}: ${expected.mark} went ${marks.join(', ')}`)
  }
}

/** Values that the mark took, in order. */
const marksOf = (history: readonly CrmEffect[], mark: string): readonly string[] =>
  history.filter(({ changed }) => changed.includes(mark)).map(({ properties }) => properties[mark] ?? '')

const sameState = (old: CrmEffect, effect: CrmEffect): boolean =>
  old.id === effect.id && old.hash === effect.hash && effect.kind === 'updated'
