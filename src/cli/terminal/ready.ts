import { paint } from './paint.ts'

/** `ready in 213 ms on http://127.0.0.1:4400 · 3 flows`. */
export function readyText(url: string, ms: number, flows: number): string {
  return `${paint.good('ready')} in ${ms} ms on ${paint.strong(url)} ${paint.dim(`· ${flows} flow${flows === 1 ? '' : 's'}`)}`
}
