import type { GateLayer } from '../declare/policy/layer.ts'
import { type GateState, machineOf } from '../declare/policy/machine/machine-of.ts'
import { type Admission, type Admissions, type Resource, resourceName } from '../engine/policy/admission.ts'

/** Tenants whose gates are kept. One that was not used for longest goes when another comes, and begins anew when it comes back. */
const TENANTS = 10_000

/**
 * Gates of this process alone. Equal layers on one resource are one gate, wherever they are declared.
 * @param tenants gates of tenants that are kept; default 10 000
 */
export function localAdmissions(tenants: number = TENANTS): Admissions {
  const fixed = new Map<string, Admission>()
  /** In the order of their last use. */
  const recent = new Map<string, Admission>()
  const names = new WeakMap<GateLayer, string>()

  function nameOf(layer: GateLayer): string {
    let name = names.get(layer)
    if (name === undefined) {
      name = JSON.stringify(layer)
      names.set(layer, name)
    }
    return name
  }

  function of(layer: GateLayer, resource: Resource): Admission {
    const name = resourceName(layer.each, resource)
    const key = `${name} ${nameOf(layer)}`
    const gates = layer.each === 'tenant' ? recent : fixed
    const known = gates.get(key)
    if (known !== undefined && layer.each !== 'tenant') return known
    const gate = known ?? admission(layer, `${layer.kind} of ${name}`)
    gates.delete(key)
    gates.set(key, gate)
    if (recent.size > tenants) recent.delete(recent.keys().next().value as string)
    return gate
  }

  return { of, account: () => undefined }
}

/** Its state begins with the first call. */
function admission(layer: GateLayer, name: string): Admission {
  const { start, enter, leave, room } = machineOf(layer)
  let state: GateState | undefined
  const since = (now: number): GateState => {
    state ??= start(now)
    return state
  }
  return {
    name,
    enter: (now, patienceMs, retry) => enter(state ?? since(now), now, patienceMs, retry),
    leave: (now, verdict, tookMs) => leave(state ?? since(now), now, verdict, tookMs),
    room: (now, aheadMs) => room(state ?? since(now), now, aheadMs),
  }
}
