import type { Provider } from 'tieline/sandbox'
import { keyedProvider, type Stage } from 'tieline/testing'
import type { Asked } from './flows.ts'

/** Charges, books, reserves and ships, each once per key. */
export interface Depot {
  readonly provider: Provider<unknown>
  /** What is reserved and not released, and what has left. */
  readonly reserved: ReadonlySet<string>
  readonly shipped: ReadonlySet<string>
}

export function depot(stage: Stage): Depot {
  const reserved = new Set<string>()
  const shipped = new Set<string>()
  const begun = new Set<string>()
  const asked = new Set<string>()

  function reserve(message: string, on: boolean): void {
    if (reserved.has(message) === on) stage.fail('effect doubled', `${message} is reserved or released twice`)
    if (on) reserved.add(message)
    else reserved.delete(message)
  }

  const provider = keyedProvider('depot', ({ flow, message, refused }: Asked, { path }) => {
    if (refused === 'always' || (refused === 'once' && !asked.has(message))) {
      asked.add(message)
      return 422
    }
    if (path === '/reserve') reserve(message, true)
    if (path === '/release') reserve(message, false)
    if (path === '/ship') shipped.add(message)
    // A reservation made again after a release is no double; the first one has its turn in the lane.
    const again = path === '/release' || (path === '/reserve' && begun.has(message))
    if (path === '/reserve') begun.add(message)
    if (!again) stage.effect(flow, message, path)
    return 200
  })
  return { provider, reserved, shipped }
}
