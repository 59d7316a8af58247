import { TielineError } from '../../core/error.ts'
import type { Mark } from '../../port/archive.ts'

/** The document in which a store keeps its mark. */
export const MARK = 'tieline move'

/**
 * What a runtime asks before it uses a store: one that has moved, or is half filled, must not run.
 * @throws {TielineError} STORE_MOVED, saying where everything is.
 */
export function refuseMoved(body: string | undefined, where: string): void {
  if (body === undefined) return
  const mark = JSON.parse(body) as Mark
  if (mark.as === 'moved') {
    throw new TielineError(
      'STORE_MOVED',
      `everything in ${where} has moved to ${mark.to}: start the runtime with that store. The way back is \`tieline move\` from there into a new store`,
    )
  }
  if (mark.as === 'moving') {
    throw new TielineError(
      'STORE_MOVED',
      `${where} is being filled from ${mark.name}: run the same \`tieline move\` again until it is complete, or remove this store and go on with the old one`,
    )
  }
}
