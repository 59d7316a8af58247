import type { Flow } from '../../declare/flow/flow.ts'
import type { Endpoint } from '../../declare/source/source.ts'

/** Something in the declarations that will go wrong, or may. */
export interface Finding {
  /** Name of the rule, stable: `call-timeout`. */
  readonly rule: string
  /** `error`: it will go wrong one day. `warning`: somebody should say that it is meant. */
  readonly severity: 'error' | 'warning'
  /** `flow payments / target deal` */
  readonly where: string
  readonly message: string
  /** What to do. */
  readonly advice: string
}

/** What the rules look at: the declarations, and what only the runtime's surroundings can answer. */
export interface Declared {
  readonly flows: readonly Flow[]
  readonly endpoints: readonly Endpoint[]
  /** Why a secret cannot be used, with its name and without its value. Absent: secrets are not looked at. */
  readonly secretProblem?: (name: string) => string | undefined
  /** Whether a host name of an address means a private network by itself. Absent: addresses are not judged by that. */
  readonly isPrivate?: (hostname: string) => boolean
}

/** Pure: the same declarations give the same findings. */
export type Rule = (declared: Declared) => readonly Finding[]
