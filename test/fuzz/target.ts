import type { Chance } from './chance.ts'

/** Ends a check: this law does not hold for this input. */
export type Broken<L extends string> = (law: L, what?: string) => never

/** A door that takes input from outside, and what must hold whatever comes through it. Inputs are plain data: strings, bytes, numbers, lists, records. */
export interface Target<I, L extends string = string> {
  readonly name: string
  readonly about: string
  /** What must hold, by the name under which it is reported. */
  readonly laws: Readonly<Record<L, string>>
  /** Runs of the command when none are asked for. Default 100,000. */
  readonly runs?: number
  /** A valid input, nearly always changed somewhere. */
  readonly make: (chance: Chance) => I
  /** Holds an input against the laws. What it throws by itself breaks them too. */
  readonly check: (input: I, broken: Broken<L>) => void | Promise<void>
  /** The door alone with a text of any size, for the law that time grows with size; `to` is the largest size that it lets in. It may throw. */
  readonly grow?: { readonly to: number; readonly run: (text: string) => unknown }
  /** Laws that hold once all runs are over. */
  readonly after?: (broken: Broken<L>) => Promise<void>
  /** Frees what the checks have opened. */
  readonly close?: () => Promise<void>
}

/** A target whose kind of input no longer matters. */
export type AnyTarget = Target<unknown>

/** Gives `check` the names of its laws. */
export function target<I, const L extends string>(spec: Target<I, L>): AnyTarget {
  return spec as unknown as AnyTarget
}

export class LawBroken extends Error {
  override readonly name = 'LawBroken'
  readonly law: string

  constructor(law: string, what: string) {
    super(what)
    this.law = law
  }
}

/** The law that every target has: a check throws nothing that it does not know. */
export const THROWS = 'throws only what it declares'

export const broken: Broken<string> = (law, what = '') => {
  throw new LawBroken(law, what)
}

/** How an input breaks its laws; undefined when it does not. */
export async function breaks(of: AnyTarget, input: unknown): Promise<LawBroken | undefined> {
  try {
    await of.check(input, broken)
    return undefined
  } catch (thrown) {
    return asBroken(thrown)
  }
}

export function asBroken(thrown: unknown): LawBroken {
  if (thrown instanceof LawBroken) return thrown
  return new LawBroken(THROWS, thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
}
