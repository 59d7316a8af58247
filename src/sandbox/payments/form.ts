import { invalid } from './refusal.ts'

/** A decoded body: text, or a nested form for `metadata[signup_id]=…` and `items[0][price]=…`. Objects have no prototype. */
export type FormValue = string | Form
export interface Form {
  readonly [name: string]: FormValue
}

// Far above any real call; below what would hurt.
const MAX_PAIRS = 1_000
const MAX_DEPTH = 6
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/

/**
 * Decodes `application/x-www-form-urlencoded` with brackets, as the Stripe API takes it.
 * @throws {Refusal} 400 for a name with broken brackets, too many or too deep names, a name that is text and object at once.
 */
export function parseForm(text: string): Form {
  const root = blank()
  let pairs = 0
  for (const [name, value] of new URLSearchParams(text)) {
    pairs += 1
    if (pairs > MAX_PAIRS) throw invalid(`Too many parameters: at most ${MAX_PAIRS} are read.`)
    put(root, pathOf(name), value, name)
  }
  return root
}

interface MutableForm {
  [name: string]: string | MutableForm
}

const blank = (): MutableForm => Object.create(null) as MutableForm

function pathOf(name: string): readonly string[] {
  const found = NAME.exec(name)
  if (!found) throw invalid(`Invalid parameter name: ${name.slice(0, 100)}`, { param: name.slice(0, 100) })
  const path = [found[1] ?? '', ...[...(found[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')]
  if (path.length > MAX_DEPTH) throw invalid(`Parameters nest too deeply: ${name.slice(0, 100)}`)
  return path
}

function put(root: MutableForm, path: readonly string[], value: string, name: string): void {
  let place = root
  for (const [depth, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(place).length) : part // `types[]=a&types[]=b`
    if (depth === path.length - 1) {
      if (typeof place[key] === 'object') throw invalid(`Invalid ${name}: it is given as text and as an object.`)
      place[key] = value
      return
    }
    const next = place[key] ?? blank()
    if (typeof next === 'string') throw invalid(`Invalid ${name}: it is given as text and as an object.`)
    place[key] = next
    place = next
  }
}
