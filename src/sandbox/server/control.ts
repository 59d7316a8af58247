import { TielineError } from '../../core/error.ts'
import type { FaultDesk } from '../fault/desk.ts'
import { parseFaultPlan, parseFaultRule } from '../fault/rule.ts'
import { jsonAnswer, type Provider, type ProviderAnswer } from '../provider.ts'

/** Answers one control request; `body` is the parsed JSON body, undefined when there was none. */
export type Control = (body: unknown) => unknown

/** Controls by method and path: `POST /_sandbox/faults`. */
export type Controls = Readonly<Record<string, Control>>

export const CONTROL_PREFIX = '/_sandbox/'

/**
 * The controls that every sandbox server has. No fault strikes them.
 *
 * | request | does |
 * | --- | --- |
 * | `GET /_sandbox/faults` | the fault plan, and how often each kind struck |
 * | `POST /_sandbox/faults` | an array of rules replaces the plan; one rule as an object is added to it |
 * | `GET /_sandbox/ledger` | every effect that happened |
 * | `GET /_sandbox/state` | the objects |
 * | `POST /_sandbox/reset` | forgets objects and effects; the fault plan stays |
 */
export function commonControls(provider: Provider<unknown>, faults: FaultDesk): Controls {
  return {
    'GET /_sandbox/faults': () => ({ plan: faults.plan(), struck: faults.struck() }),
    'POST /_sandbox/faults': (body) => {
      if (Array.isArray(body)) faults.replace(parseFaultPlan(body))
      else faults.add(parseFaultRule(body, 'body'))
      return { plan: faults.plan(), struck: faults.struck() }
    },
    'GET /_sandbox/ledger': () => provider.ledger(),
    'GET /_sandbox/state': () => provider.state(),
    'POST /_sandbox/reset': () => {
      provider.reset()
      return {}
    },
  }
}

export function answerControl(controls: Controls, method: string, path: string, body: Uint8Array): ProviderAnswer {
  const control = controls[`${method} ${path}`]
  if (!control || !Object.hasOwn(controls, `${method} ${path}`)) {
    const detail = `no control ${method} ${path.slice(0, 200)}; there are: ${Object.keys(controls).join(', ')}`
    return jsonAnswer(404, { status: 404, code: 'NOT_FOUND', detail })
  }
  try {
    return jsonAnswer(200, control(body.byteLength === 0 ? undefined : parse(body)))
  } catch (thrown) {
    if (!(thrown instanceof TielineError)) throw thrown
    return jsonAnswer(400, { status: 400, code: thrown.code, detail: thrown.message })
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new TielineError('REQUEST_INVALID', 'body: expected JSON')
  }
}
