/** One known bug, planted by changing the product's own source as it is loaded. */
export interface Sabotage {
  /** What a person who made this mistake would call it. */
  readonly name: string
  /** What goes wrong for a user. */
  readonly about: string
  /** The scenario that can show it, where the others cannot. */
  readonly scenario?: string
  readonly changes: readonly Change[]
}

export interface Change {
  /** Below `src/`. */
  readonly file: string
  /** Text that stands there exactly once. */
  readonly find: string
  readonly put: string
}
