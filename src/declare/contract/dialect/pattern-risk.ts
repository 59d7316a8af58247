import { schemaMistake } from './keyword.ts'
import { type PatternTree, patternTree } from './pattern-tree.ts'

/**
 * A pattern that can go round in two ways on the same text tries twice as many ways with each character that comes: 30 characters of a
 * stranger hold a process for minutes. Proven on the position automaton (Glushkov 1961): some position is reached again by one text on two
 * paths, which is exponential ambiguity (Weber and Seidl 1991, "On the degree of ambiguity of finite automata", criterion EDA).
 * @throws {TielineError} `DECLARATION_INVALID` with the place.
 */
export function checkPattern(pattern: string, at: string): void {
  if (!isExponential(pattern)) return
  throw schemaMistake(
    at,
    `on some texts ${pattern} takes twice as long for each character: let repeated parts begin or end differently`,
  )
}

/** Larger ones are not looked at, and taken. */
const MAX_POSITIONS = 400
const MAX_STEPS = 400_000
/** A range of more repetitions than this is taken for one without an end. */
const MANY = 8

/** Whether a pattern is proven to take exponential time. What cannot be read (a back reference), or is too large, is not. */
export function isExponential(pattern: string): boolean {
  const tree = patternTree(pattern)
  if (tree === undefined) return false
  try {
    const automaton = new Positions()
    automaton.add(tree)
    return goesRoundTwice(automaton)
  } catch (thrown) {
    if (thrown instanceof TooLarge || thrown instanceof RangeError) return false
    throw thrown
  }
}

class TooLarge extends Error {}

/** A part of the automaton: whether it takes the empty text, where it begins and ends. */
interface Part {
  readonly empty: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const EMPTY: Part = { empty: true, first: [], last: [] }

class Positions {
  readonly sets: bigint[] = []
  /** Two steps to the same place are two ways. */
  readonly next: number[][] = []

  add(tree: PatternTree): Part {
    switch (tree.is) {
      case 'one': {
        const at = this.sets.push(tree.set) - 1
        if (at >= MAX_POSITIONS) throw new TooLarge()
        this.next.push([])
        return { empty: false, first: [at], last: [at] }
      }
      case 'all':
        return tree.of.reduce((before, part) => this.#then(before, this.add(part)), EMPTY)
      case 'any': {
        const parts = tree.of.map((part) => this.add(part))
        return {
          empty: parts.some(({ empty }) => empty),
          first: parts.flatMap(({ first }) => first),
          last: parts.flatMap(({ last }) => last),
        }
      }
      case 'repeat':
        return this.#repeat(tree.of, tree.min, tree.max)
      default:
        return tree satisfies never
    }
  }

  #repeat(of: PatternTree, min: number, max: number): Part {
    const endless = max === Infinity || max - min > MANY
    let whole = EMPTY
    for (let i = endless ? 1 : 0; i < min; i++) whole = this.#then(whole, this.add(of))
    if (endless) {
      const loop = this.add(of)
      this.#join(loop, loop)
      return this.#then(whole, min === 0 ? { ...loop, empty: true } : loop)
    }
    let optional = EMPTY // a(a(a)?)?: each text has one way through it
    for (let i = min; i < max; i++) optional = { ...this.#then(this.add(of), optional), empty: true }
    return this.#then(whole, optional)
  }

  #then(a: Part, b: Part): Part {
    this.#join(a, b)
    return {
      empty: a.empty && b.empty,
      first: a.empty ? [...a.first, ...b.first] : a.first,
      last: b.empty ? [...a.last, ...b.last] : b.last,
    }
  }

  #join({ last }: Part, { first }: Part): void {
    for (const from of last) this.next[from]!.push(...first)
  }
}

/** Whether from some position two different paths on one text lead back to it. */
function goesRoundTwice({ sets, next }: Positions): boolean {
  const size = sets.length
  let steps = 0
  const reach = (starts: readonly number[], edges: (pair: number) => Iterable<number>): Set<number> => {
    const seen = new Set(starts)
    for (const pair of seen) {
      for (const to of edges(pair)) {
        if (++steps > MAX_STEPS) throw new TooLarge()
        seen.add(to)
      }
    }
    return seen
  }
  const before: number[][] = next.map(() => [])
  for (const [from, list] of next.entries()) for (const to of list) before[to]!.push(from)
  const pairs = (lists: readonly number[][], shares: (a: number, b: number) => boolean) =>
    function* (pair: number): Iterable<number> {
      for (const a of lists[Math.floor(pair / size)]!) {
        for (const b of lists[pair % size]!) if (shares(a, b)) yield a * size + b
      }
    }
  const share = (a: number, b: number): boolean => (sets[a]! & sets[b]!) !== 0n
  const forth = pairs(next, share)
  const back = pairs(before, share)
  for (let at = 0; at < size; at++) {
    const same = at * size + at
    const from = reach([...forth(same)], forth)
    if (!from.has(same)) continue // it is never reached again
    const to = reach([...back(same)], back)
    for (const pair of from) {
      if (!to.has(pair)) continue
      const [a, b] = [Math.floor(pair / size), pair % size]
      if (a !== b || hasTwoWays(next[a]!, (next) => to.has(next * size + next) || next === at)) return true
    }
  }
  return false
}

/** Two steps to one place from which the way leads back. */
const hasTwoWays = (list: readonly number[], returns: (to: number) => boolean): boolean =>
  list.some((to, i) => list.indexOf(to) !== i && returns(to))
