import type { Flow } from '../declare/flow/flow.ts'
import type { Digest } from '../port/digest.ts'

/**
 * Root of the idempotency keys of one message in one flow: hash(flow, message, target). It is stored with the work before the first
 * call, so that a rename or a new release never changes the key of work that has begun.
 */
export function effectKey(digest: Digest, flow: Flow, source: string, messageId: string): string {
  return digest(`${flow.name}\n${source}\n${messageId}\n${flow.to.name}`)
}

/** The key of one saga step, or of its compensation. A step that was undone is a new effect when it is done again. */
export function stepKey(digest: Digest, effect: string, step: string, phase: 'do' | 'undo', undone: number): string {
  return digest(`${effect}\n${step}\n${phase}\n${undone}`)
}
