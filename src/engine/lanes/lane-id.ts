import { hash53 } from '../../core/hash.ts'

/** A seed of its own, so that no key of nobody's reads like a tenant and a key. */
const TENANT = 1

/**
 * The lane of an ordering key: in a flow each tenant has keys of its own, for what one calls `17` is not what another calls so. Two lanes with one
 * hash are one: their orders merge, nothing else happens.
 */
export function laneId(flow: string, key: string, tenant = ''): number {
  return tenant === '' ? hash53(`${flow}\0${key}`) : hash53(`${flow}\0${tenant.length}\0${tenant}${key}`, TENANT)
}
