const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const STANDARD: Readonly<Record<string, string>> = Object.freeze({
  Account: '001',
  Contact: '003',
  Opportunity: '006',
  Lead: '00Q',
})

/**
 * The form of an id that survives a change of case: three characters more, each saying which of five are capitals, the first of the five
 * in the lowest bit. Source: Salesforce's formula CASESAFEID.
 */
export function caseSafeId(id: string): string {
  const suffix = [0, 5, 10].map((from) => {
    const bits = [...id.slice(from, from + 5)].map((one, place) => (/[A-Z]/.test(one) ? 1 << place : 0))
    return SUFFIX[bits.reduce((sum, bit) => sum + bit, 0)]
  })
  return id + suffix.join('')
}

/** Whether it is an id of 15 characters, or one of 18 whose suffix is right. */
export function isId(text: string): boolean {
  if (!/^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(text)) return false
  return text.length === 15 || caseSafeId(text.slice(0, 15)) === text
}

/** Ids of one organization: the object's prefix, a place, a counter. Custom objects get the prefixes `a00`, `a01`, … as they come. */
export function idSource(): (type: string) => string {
  const prefixes = new Map(Object.entries(STANDARD))
  let custom = 0
  let count = 0
  return (type) => {
    let prefix = prefixes.get(type)
    if (prefix === undefined) {
      prefix = `a${base62(custom++, 2)}`
      prefixes.set(type, prefix)
    }
    count += 1
    return caseSafeId(`${prefix}Sb0000${base62(count, 6)}`)
  }
}

function base62(value: number, places: number): string {
  let text = ''
  for (let rest = value; text.length < places; rest = Math.floor(rest / 62)) text = `${DIGITS[rest % 62]}${text}`
  return text
}
