import { secret } from '../../../src/declare/secret/secret.ts'
import { endpoint, type SourceEvent } from '../../../src/declare/source/source.ts'
import { clock, GITHUB_SECRET, github, type Rig, startRig } from '../../serve/rig.ts'

export const NOW_MS = 1_788_000_000_000
export const STRIPE_SECRET = 'whsec_made_up'
export const TOKEN = 'made-up-token'
export { GITHUB_SECRET }
export const MAX_BYTES = 4_096

/** A gateway with a sender that signs its body, one that signs the time too, and CloudEvents with a token. Its wall clock stands still. */
export async function startGateway(): Promise<Rig> {
  const read = ({ body }: { readonly body: unknown }): readonly SourceEvent[] => [
    { id: String((body as { readonly id?: unknown } | null)?.id), type: 'x', attributes: {}, data: body },
  ]
  const stripe = endpoint({ name: 'stripe', scheme: 'stripe', secret: secret('STRIPE'), maxBytes: MAX_BYTES, read })
  const events = endpoint({
    name: 'events',
    scheme: 'cloudevents',
    secret: secret('EVENTS'),
    maxBytes: MAX_BYTES,
    read: () => [],
  })
  const rig = await startRig({
    endpoints: [github({ maxBytes: MAX_BYTES }), stripe, events],
    clock: { ...clock, now: () => NOW_MS },
    limits: { headersMs: 400, requestMs: 500, checkMs: 50 },
  })
  rig.secrets['STRIPE'] = [STRIPE_SECRET]
  rig.secrets['EVENTS'] = [TOKEN]
  return rig
}
