import type { Control } from '../../engine/desk.ts'
import { paint } from './paint.ts'
import { printable } from './printable.ts'
import { relative } from './relative.ts'

/** `flow:payments paused 5m ago, ends in 25m: the CRM is down`. */
export function controlText(control: Control, now: number): string {
  const what = control.kind === 'pause' ? 'paused' : `limited to ${control.concurrency} at work`
  const ends = control.untilMs === undefined ? '' : `, ends ${relative(control.untilMs, now)}`
  const since = relative(control.sinceMs, now)
  return `${paint.strong(printable(control.target))} ${paint.warn(what)} ${since}${ends}: ${printable(control.why)}`
}
