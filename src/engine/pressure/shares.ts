/**
 * What each sender may bring while the loudest are slowed. All have the same cap, so whoever sends less than it notices nothing: max-min
 * fairness. The cap follows the pressure: down by a factor, up by a smaller one, as TCP and DAGOR do.
 */
export interface Shares {
  /** Requests of the last half second, fading, by source and tenant: only those that were let in. */
  readonly heard: Map<string, Map<string, number>>
  senders: number
  /** The same of each sender at most. Infinity: nobody is slowed. */
  cap: number
}

/** What was heard so long ago counts 1/e: two looks, so that a burst within its share is none of them. */
const MEMORY_MS = 500
/**
 * Factors of a quarter of a second. A loudest sender at five times its share is down to it in a second and a half, and back in four. What was
 * heard fades a little faster than the cap falls, so nobody is shut out for good.
 */
const DOWN = 0.75
const UP = 1.1
const FACTOR_MS = 250
/** Further senders count as one of their source: what is kept of senders is bounded. */
const SENDERS = 4_096
/** Below this a sender is forgotten. */
const SILENT = 0.05

export function shares(): Shares {
  return { heard: new Map(), senders: 0, cap: Number.POSITIVE_INFINITY }
}

/** Whether a sender has used up its share for now. */
export function isOver({ heard, cap }: Shares, source: string, tenant: string): boolean {
  if (cap === Number.POSITIVE_INFINITY) return false
  const tenants = heard.get(source)
  return (tenants?.get(tenant) ?? tenants?.get(OTHERS) ?? 0) >= cap
}

/** The same where it is known before a request is read: nobody of this source says whose its messages are. */
export function isOverUnread(all: Shares, source: string): boolean {
  const tenants = all.heard.get(source)
  return tenants?.size === 1 && tenants.has('') && isOver(all, source, '')
}

/** No tenant is called so: a tenant has at most 128 characters. */
const OTHERS = '*'.repeat(129)

/** Counts a request that was let in. */
export function hear(to: Shares, source: string, tenant: string): void {
  let tenants = to.heard.get(source)
  if (tenants === undefined) {
    tenants = new Map()
    to.heard.set(source, tenants)
  }
  let name = tenant
  if (!tenants.has(name)) {
    if (to.senders >= SENDERS) name = OTHERS
    if (!tenants.has(name)) to.senders++
  }
  tenants.set(name, (tenants.get(name) ?? 0) + 1)
}

/** @param standing of the ladder: from 4 on the cap goes down, below 2 up, in between it stays. */
export function adjust(all: Shares, standing: number, tookMs: number): void {
  const loudest = fade(all, Math.exp(-tookMs / MEMORY_MS))
  const steps = Math.min(tookMs, 1_000) / FACTOR_MS
  if (standing >= 4) {
    // Where nobody is heard nobody is too loud, and one request in half a second is everybody's.
    const from = all.cap === Number.POSITIVE_INFINITY ? loudest : all.cap
    if (from >= 1) all.cap = Math.max(1, from * DOWN ** steps)
  } else if (standing < 2 && all.cap !== Number.POSITIVE_INFINITY) {
    all.cap *= UP ** steps
    if (all.cap > 2 * Math.max(1, loudest)) all.cap = Number.POSITIVE_INFINITY
  }
}

/** What the loudest sender sends after that. */
function fade(all: Shares, factor: number): number {
  let loudest = 0
  for (const [source, tenants] of all.heard) {
    for (const [tenant, before] of tenants) {
      const now = before * factor
      if (now >= SILENT) tenants.set(tenant, now)
      else {
        tenants.delete(tenant)
        all.senders--
      }
      if (now > loudest) loudest = now
    }
    if (tenants.size === 0) all.heard.delete(source)
  }
  return loudest
}
