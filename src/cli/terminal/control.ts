import type { Control } from '../../engine/desk.ts'
import { paint } from './paint.ts'
import { printable } from './printable.ts'
import { relative } from './relative.ts'

/** `flow:payments paused 5m ago, ends in 25m: the CRM is down`. */
export function controlText(control: Control, now: number): string {
  const ends = control.untilMs === undefined ? '' : `, ends ${relative(control.untilMs, now)}`
  const since = relative(control.sinceMs, now)
  return `${paint.strong(printable(control.target))} ${paint.warn(what(control))} ${since}${ends}: ${printable(control.why)}`
}

function what({ kind, concurrency, perSecond, left }: Control): string {
  if (kind === 'pause') return 'paused'
  if (kind === 'drain') return left === undefined ? 'draining' : `draining, ${left} at work`
  return perSecond === undefined ? `limited to ${concurrency} at work` : `limited to ${perSecond} calls a second`
}
