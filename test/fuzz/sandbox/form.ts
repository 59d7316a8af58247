import { isDeepStrictEqual } from 'node:util'
import { form } from '../../../src/adapter/connector/stripe/form.ts'
import { parseForm } from '../../../src/sandbox/payments/form.ts'
import { Refusal } from '../../../src/sandbox/payments/refusal.ts'
import { mutateJson } from '../mutate/json.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

type Value = Parameters<typeof form>[0][string]

const FIELDS = {
  email: 'ada@example.com',
  metadata: { signup_id: 'su_1', 'a b': 'ü&=%' },
  preferred_locales: ['de', 'fr'],
  address: { line1: '1', city: null },
}
const TEXT = form(FIELDS)

export const formText: AnyTarget = target<{ readonly text: string }, 'refuses' | 'plain'>({
  name: 'sandbox-form',
  about: 'the forms that the payments provider of the sandbox takes',
  laws: {
    refuses: 'a form is taken, or refused with 400',
    plain: 'it holds text and forms only, without a prototype, at most six levels deep and 1,000 values',
  },
  make: (chance) => ({ text: mutateText(chance, TEXT, 'items[][price]=p_1&items[0][n]=2&__proto__[x]=1&a=1&a[b]=2') }),
  check({ text }, broken) {
    let values = 0
    const look = (value: unknown, depth: number): void => {
      if (typeof value === 'string') values++
      else if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== null || depth > 6)
        broken('plain')
      else for (const inner of Object.values(value)) look(inner, depth + 1)
    }
    try {
      look(parseForm(text), 0)
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      if (thrown.status !== 400 || JSON.stringify(thrown.body('req_1')).length > 2_000)
        broken('refuses', thrown.message)
    }
    if (values > 1_000) broken('plain', `${values} values`)
  },
  grow: { to: 131_072, run: (text) => parseForm(text) },
})

/** Fields of a call: what JSON can hold; lists are numbered, empty ones leave no trace. */
export const formRender: AnyTarget = target<{ readonly fields: unknown }, 'back' | 'ascii'>({
  name: 'form-render',
  about: 'the forms that the connector for Stripe writes',
  laws: { back: 'what is written reads back as the same text in the same places', ascii: 'it is printable ASCII' },
  make: (chance) => ({ fields: mutateJson(chance, FIELDS) }),
  check({ fields }, broken) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return
    const text = form(fields as { readonly [name: string]: Value })
    if (!/^[!-~]*$/.test(text)) broken('ascii', text)
    const wanted = asText(fields)
    if (!isReadable(fields, 0)) return
    if (!isDeepStrictEqual(plain(parseForm(text)), wanted ?? {})) broken('back', text)
  },
})

/** The same with prototypes. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

/** Names with brackets, empty names and deep nests are for no form; a list whose items leave no trace is renumbered. */
function isReadable(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  const entries = Object.entries(value)
  if (depth > 5 || entries.length > 150) return false
  return entries.every(
    ([name, inner]) => name !== '' && !/[[\]\ud800-\udfff]/.test(name) && isReadable(inner, depth + 1),
  )
}

function asText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === null ? '' : String(value).toWellFormed()
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const text = asText(inner)
    return text === undefined ? [] : [[name, text] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
