import { TielineError } from '../../core/error.ts'
import type { Archive, Mark } from '../../port/archive.ts'
import { type Hash, type Tally, verify } from './verify.ts'

/** Told after each batch. */
export type Progress = (step: {
  readonly as: 'copy' | 'verify'
  readonly works: number
  readonly total: number
}) => void

export interface MoveOptions {
  readonly from: Archive
  readonly to: Archive
  readonly hash: () => Hash
  /** The source may be started again. */
  readonly keep: boolean
  readonly progress: Progress
}

export interface Moved {
  /** The move was complete before: nothing was done. */
  readonly before: boolean
  readonly works: number
  /** What both sides hold; absent when nothing was done. */
  readonly tally?: Tally
}

/**
 * Takes everything from one store to another, goes on where an earlier run ended, and reads both sides back before it says so. The source is marked
 * before the target is released: at no moment may both be started, unless `keep` asks for that.
 *
 * @throws {TielineError} MOVE_REFUSED when source or target are not fit for it, MOVE_DIFFERS when they are not equal in the end.
 */
export async function move({ from, to, hash, keep, progress }: MoveOptions): Promise<Moved> {
  const fingerprint = await from.fingerprint()
  const begun = await to.mark()
  const moved = await checkSource(from, to)
  if (begun?.as === 'complete' && begun.from === fingerprint) {
    if (!keep && !moved) await from.setMark({ as: 'moved', to: to.name })
    return { before: true, works: begun.works }
  }
  let mark = await begin(from, to, fingerprint, begun)
  const total = await from.total()
  for (let next: number | undefined = mark.after; !mark.filled && next !== undefined; ) {
    const page = await from.read(next)
    next = page.next
    const works = page.messages.reduce((sum, message) => sum + message.works.length, mark.works)
    mark = { ...mark, after: next ?? mark.after, works }
    if (page.messages.length > 0) await to.write(page.messages, mark)
    progress({ as: 'copy', works, total })
  }
  if (!mark.filled) {
    mark = { ...mark, filled: true }
    await to.finish(await from.documents(), await from.counters(), mark)
  }
  const tally = await verify(from, to, hash, total, progress)
  if (!keep && !moved) await from.setMark({ as: 'moved', to: to.name })
  await to.setMark({ as: 'complete', from: fingerprint, name: from.name, works: tally.works })
  return { before: false, works: tally.works, tally }
}

/** Whether the source is marked as moved to this target. */
async function checkSource(from: Archive, to: Archive): Promise<boolean> {
  const mark = await from.mark()
  if (mark?.as === 'moving') {
    throw refused(`${from.name} is itself being filled from ${mark.name}: complete that move first`)
  }
  if (mark?.as === 'moved' && mark.to !== to.name)
    throw refused(`${from.name} has moved to ${mark.to}: move from there`)
  const behind = await from.behind()
  if (behind !== undefined) throw refused(`${from.name} has ${behind}`)
  return mark?.as === 'moved'
}

/** The target is empty, or an earlier run of this same move began to fill it. */
async function begin(
  from: Archive,
  to: Archive,
  fingerprint: string,
  begun: Mark | undefined,
): Promise<Mark & { readonly as: 'moving' }> {
  if (begun?.as === 'moving') {
    if (begun.from === fingerprint) return begun
    throw refused(
      `${to.name} was begun from ${begun.name}, which is another store or has run since: remove this target and begin again`,
    )
  }
  const content = begun?.as === 'moved' ? `has moved to ${begun.to}` : await to.content()
  if (content !== undefined) throw refused(`${to.name} is not empty: it ${content}. Name a new one`)
  const mark = { as: 'moving', from: fingerprint, name: from.name, after: 0, works: 0, filled: false } as const
  await to.setMark(mark)
  return mark
}

function refused(message: string): TielineError {
  return new TielineError('MOVE_REFUSED', message)
}
