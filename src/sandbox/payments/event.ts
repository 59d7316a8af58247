import type { Call } from './call.ts'
import type { StripeEvent } from './object.ts'
import { listOf, onlyKnown, textOf } from './parameter.ts'
import type { ListAnswer } from './shelf.ts'

export function retrieveEvent(call: Call, id: string): StripeEvent {
  onlyKnown(call.form, [])
  return call.state.events.get(id)
}

/** `type` may end in `*`: `charge.*`. */
export function listEvents(call: Call): ListAnswer<StripeEvent> {
  onlyKnown(call.form, ['ending_before', 'limit', 'starting_after', 'type', 'types'])
  const type = textOf(call.form, 'type')
  const wanted = listOf(call.form, 'types') ?? (type === undefined ? ['*'] : [type])
  return call.state.events.page(call.form, call.path, (event) => wanted.some((one) => covers(one, event.type)))
}

/** Whether a declared event type (`*`, `charge.*`, `charge.refunded`) covers this one. */
export function covers(declared: string, type: string): boolean {
  return declared.endsWith('*') ? type.startsWith(declared.slice(0, -1)) : declared === type
}
