import { TielineError } from '../../../core/error.ts'
import type { Secrets } from '../../../port/secrets.ts'

const LONGEST = 16_384 // characters; a private key in PEM has some 3,000
const NONE: readonly string[] = Object.freeze([])

interface Known {
  readonly text: string
  readonly values: readonly string[]
}

/**
 * Secrets from environment variables. While a secret is being rotated the variable holds two values, the newest first, separated by a
 * comma: `STRIPE_WEBHOOK_SECRET=whsec_new,whsec_old`. So a value cannot hold a comma itself. Spaces around values do not count.
 * The variable is read at each call: what changes in `env` counts at once.
 * @throws {TielineError} CONFIG_INVALID by `read`, for three or more values, or one of more than 16 384 characters; the value is not named
 */
export function envSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  const known = new Map<string, Known>()
  return Object.freeze({
    read(name: string): readonly string[] {
      const text = env[name]
      if (typeof text !== 'string' || text === '') return NONE
      const last = known.get(name)
      if (last?.text === text) return last.values
      const values = split(name, text)
      known.set(name, { text, values })
      return values
    },
  })
}

function split(name: string, text: string): readonly string[] {
  const values = text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
  if (values.length > 2) {
    throw new TielineError(
      'CONFIG_INVALID',
      `secret ${name}: ${values.length} values; use one, or two while rotating, the newest first`,
    )
  }
  if (values.some((value) => value.length > LONGEST)) {
    throw new TielineError('CONFIG_INVALID', `secret ${name}: more than ${LONGEST} characters`)
  }
  return Object.freeze(values)
}
