import type { Stage } from './stage.ts'
import type { ConnectorSubject } from './subject.ts'

/** What a law needs of a subject, or else the reason why it is not proved. */
export type Need = (subject: ConnectorSubject) => string | undefined

export interface ConnectorLaw {
  readonly needs?: Need
  readonly prove: (stage: Stage) => void | Promise<void>
}

/** Laws of one matter: name to proof. */
export type ConnectorLaws = Readonly<Record<string, ConnectorLaw>>

export const someOperation =
  (has: (example: ConnectorSubject['operations'][number]) => boolean, reason: string): Need =>
  ({ operations }) =>
    operations.some(has) ? undefined : reason
