import { TielineError } from '../../../core/error.ts'
import { splitPath, type XmlOptions } from './options.ts'

/** What the reader does at one place of a record. */
export interface Plan {
  /** By element name; a name that is not here is `rest`. */
  readonly inside: ReadonlyMap<string, Plan>
  /** For every other element; undefined: not decoded. */
  readonly rest: Plan | undefined
  /** Attributes to decode; undefined: all. */
  readonly attributes: ReadonlySet<string> | undefined
  /** Whether its text is decoded. */
  readonly text: boolean
  readonly list: boolean
  readonly mixed: boolean
}

interface Growing {
  readonly inside: Map<string, Growing>
  readonly attributes: Set<string>
  all: boolean
  text: boolean
  list: boolean
  mixed: boolean
}

/** Everything below, no lists, nothing mixed: one object for all such places. */
const ALL: Plan = {
  inside: new Map(),
  get rest() {
    return ALL
  },
  attributes: undefined,
  text: true,
  list: false,
  mixed: false,
}

const growing = (): Growing => ({
  inside: new Map(),
  attributes: new Set(),
  all: false,
  text: false,
  list: false,
  mixed: false,
})

/** @throws {TielineError} DECLARATION_INVALID naming the option and the path */
export function planOf(options: XmlOptions): Plan {
  const root = growing()
  if (options.fields === undefined) root.all = true
  for (const path of options.fields ?? []) {
    const steps = splitPath(path, 'fields', options)
    const last = steps.at(-1) as string
    const attribute = last.startsWith('@')
    const place = reach(root, attribute || last === '#text' ? steps.slice(0, -1) : steps)
    if (attribute) place.attributes.add(last)
    else if (last === '#text') place.text = true
    else place.all = true
  }
  for (const path of options.lists ?? []) reach(root, elements(path, 'lists', options)).list = true
  for (const path of options.mixed ?? []) reach(root, elements(path, 'mixed', options)).mixed = true
  return settled(root, false)
}

function elements(path: string, option: string, options: XmlOptions): readonly string[] {
  const steps = splitPath(path, option, options)
  if (steps.some((step) => /^[@#]/.test(step)))
    throw new TielineError('DECLARATION_INVALID', `${option}: ${JSON.stringify(path)} must name elements only`)
  return steps
}

function reach(from: Growing, steps: readonly string[]): Growing {
  let at = from
  for (const step of steps) {
    let next = at.inside.get(step)
    if (next === undefined) {
      next = growing()
      at.inside.set(step, next)
    }
    at = next
  }
  return at
}

function settled(place: Growing, within: boolean): Plan {
  const all = within || place.all
  // A list or mixed place that no field asks for is not decoded.
  const inside = new Map(
    [...place.inside]
      .map(([name, next]) => [name, settled(next, all)] as const)
      .filter(([, next]) => all || asks(next)),
  )
  if (all && inside.size === 0 && !place.list && !place.mixed) return ALL
  return {
    inside,
    rest: all ? ALL : undefined,
    attributes: all ? undefined : place.attributes,
    text: all || place.text,
    list: place.list,
    mixed: place.mixed && all,
  }
}

const asks = (plan: Plan): boolean =>
  plan.text || plan.attributes === undefined || plan.attributes.size > 0 || plan.inside.size > 0
