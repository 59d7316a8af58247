import { hubspot } from '../../../src/adapter/connector/hubspot/index.ts'
import { TielineError } from '../../../src/core/error.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { parseJson } from '../../../src/serve/parse-json.ts'
import { mutateJson, renderJson } from '../mutate/json.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Signed {
  readonly body: string
  /** So many characters of the body are said to belong to the address, or of the time to the body where it is negative. */
  readonly shift: number
}

const { endpoint } = hubspot({ webhookSecret: secret('MADE_UP') })
const STAMP = '1788000000000'
const EVENT = {
  eventId: 1,
  subscriptionId: 2,
  portalId: 3,
  occurredAt: 1_788_000_000_000,
  subscriptionType: 'contact.propertyChange',
  propertyName: 'note',
  propertyValue: '[{"eventId":1}]',
}

export const hubspotSplit: AnyTarget = target<Signed, 'one reading'>({
  name: 'hubspot-split',
  about: 'what HubSpot signs, cut at another place: it has no mark between address, body and time',
  laws: {
    'one reading':
      'a body that gained or lost bytes to its neighbours is no array of events any more, so nothing of it is taken',
  },
  make: (chance) => {
    const event = { ...EVENT, propertyValue: mutateText(chance, EVENT.propertyValue, '","[":[{}]') }
    const body = renderJson(chance, chance.once(3) ? mutateJson(chance, [event]) : [event, event]).trim()
    return { body, shift: chance.between(-STAMP.length, body.length) }
  },
  check({ body, shift }, broken) {
    // A body of white space and one array: other JSON is refused as it is.
    if (shift === 0 || !body.startsWith('[')) return
    const cut = shift > 0 ? body.slice(shift) : body + STAMP.slice(0, -shift)
    try {
      const events = endpoint.read({ headers: {}, body: parseJson(Buffer.from(cut), 64) })
      if (events.length > 0) broken('one reading', cut)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'BODY_MALFORMED') throw thrown
    }
  },
})
