import { TielineError } from '../../core/error.ts'
import type { Door } from './arrival.ts'
import type { GatewayLimits } from './limits.ts'
import type { Load } from './load.ts'
import { createOccasionalLog } from './occasional-log.ts'
import type { GatewayOptions } from './options.ts'
import type { Problem } from './problem.ts'
import { createReceiver } from './receiver.ts'
import { problemOfRefusal } from './refusal.ts'

/** Where the requests of one source go. */
export interface Receiver {
  readonly door: Door
  /** Its body must say to be JSON. */
  readonly json: boolean
  /** Why a request is refused before its body is read. @param memory bytes of bodies in memory over what is allowed */
  refuses(memory: number): Problem | undefined
}

/**
 * The receivers of all endpoints, by name.
 * @throws {TielineError} DECLARATION_INVALID for two of one name, two of the scheme `cloudevents`, or one without its secret
 */
export function createReceivers(
  { endpoints, intake, secrets, clock, log, publicUrl }: GatewayOptions,
  limits: GatewayLimits,
  load: Load,
): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>()
  const occasionally = createOccasionalLog(log, clock)
  const parts = { intake, secrets, clock, log, occasionally, load, publicUrl, maxEvents: limits.events }
  for (const endpoint of endpoints) {
    const { name, scheme } = endpoint
    if (scheme === 'outbox') continue // nothing of it comes over HTTP
    if (receivers.has(name)) throw new TielineError('DECLARATION_INVALID', `source ${name} is declared twice`)
    receivers.set(name, {
      door: createReceiver(endpoint, parts),
      json: scheme !== 'cloudevents',
      refuses: (memory) => {
        const refusal = intake.admittance.refuses(endpoint, memory)
        if (refusal === undefined) return undefined
        occasionally('warn', 'gateway.not-let-in', { source: name, reason: refusal.reason })
        return problemOfRefusal(refusal)
      },
    })
  }
  return receivers
}
