import type { GateFacts } from '../../engine/desk.ts'
import { paint } from './paint.ts'
import { printable } from './printable.ts'

/** `connector:hubspot  breaker  closed for 12 s, tried again in 48 s: 5 of the last 5 calls failed` */
export function gateText({ target, kind, state, opensInMs, forMs, why, share }: GateFacts): string {
  const since = forMs === undefined ? '' : ` for ${seconds(forMs)}`
  const opens = opensInMs === undefined ? '' : `, tried again in ${seconds(opensInMs)}`
  const part = share === undefined || share === 1 ? '' : `, ${Math.round(share * 100)} % of it here`
  const words = `${state}${since}${opens}${part}${why === undefined ? '' : `: ${printable(why)}`}`
  return `${paint.strong(printable(target))}  ${kind}  ${state === 'open for calls' ? words : paint.warn(words)}`
}

const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1_000))} s`
