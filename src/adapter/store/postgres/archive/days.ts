import type { ArchivedMessage, ArchivedWork } from '../../../../port/archive.ts'

/** The day of an instant, in UTC: `2026-01-31`. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/** The day on which a message is stored: that of its acceptance. One that was purged lies where its work ended. */
export function messageDay({ envelope }: ArchivedMessage, work?: ArchivedWork): string {
  return dayOf(envelope?.acceptedAtMs ?? work?.settledAtMs ?? 0)
}

/** Every day that these messages need. */
export function days(messages: readonly ArchivedMessage[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const message of messages) {
    if (message.envelope) found.add(messageDay(message))
    for (const work of message.works) if (work.settledAtMs > 0) found.add(dayOf(work.settledAtMs))
  }
  return found
}
