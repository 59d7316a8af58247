/** What Stripe's forms can hold. `null` empties a field, `undefined` leaves it out. */
export type FormValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly FormValue[]
  | { readonly [name: string]: FormValue }

/**
 * `application/x-www-form-urlencoded` as Stripe's v1 API reads it: `metadata[order]=7&items[0][price]=p_1`. Order is that of the object.
 * Source: https://docs.stripe.com/api?shell=true (bracket notation), golden against the encoder of stripe-node.
 */
export function form(fields: { readonly [name: string]: FormValue }): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(fields)) append(pairs, encode(name), value)
  return pairs.join('&')
}

function append(pairs: string[], name: string, value: FormValue): void {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null) pairs.push(`${name}=${value === null ? '' : encode(String(value))}`)
  else for (const [inner, part] of Object.entries(value)) append(pairs, `${name}[${encode(inner)}]`, part)
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
