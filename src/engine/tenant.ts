import type { Flow } from '../declare/flow/flow.ts'
import type { Mapping } from '../declare/mapping/mapping.ts'
import type { Endpoint, SourceEvent } from '../declare/source/source.ts'

/** Longer names are cut: a tenant becomes a name of rates, turns and metrics. */
const LIMIT = 128

/**
 * Whose event it is in a flow: as the flow says, else as the event's attribute `tenant` says. '' is nobody's, and a function that throws or
 * gives no text gives nobody: whose turn it is must never keep a message out.
 */
export function tenantOf(flow: Flow | undefined, { name: source }: Endpoint, event: SourceEvent): string {
  const tenant = flow?.tenant === undefined ? event.attributes['tenant'] : named(flow.tenant, source, event)
  if (typeof tenant !== 'string') return ''
  return tenant.length > LIMIT ? tenant.slice(0, LIMIT) : tenant
}

function named(tenant: NonNullable<Flow['tenant']>, source: string, { id, type, attributes }: SourceEvent): unknown {
  try {
    return tenant({ source, id, type, attributes })
  } catch {
    return ''
  }
}

/** Most mappings are the same for all tenants: nothing is made for them. */
export function mapFor(map: Mapping<unknown, unknown>, body: unknown, tenant: string): unknown {
  return map.overrides.length === 0 ? map.run(body) : map.run(body, { tenant })
}
