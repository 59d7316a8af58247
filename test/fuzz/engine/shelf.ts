import { memory } from '../../../src/adapter/store/memory/index.ts'
import { sqlite } from '../../../src/adapter/store/sqlite/index.ts'
import { folder } from '../../crash/folder.ts'
import type { Shelf } from './runtime.ts'

/** Windows so small that much is read again from the log. */
const WINDOW = { flow: 3, lane: 2 }

/** A store in memory: a process that ends takes it along, so it is never opened again. */
export async function inMemory(): Promise<Shelf> {
  return { reopens: false, open: async (clock) => memory({ clock }), [Symbol.asyncDispose]: async () => {} }
}

export async function inMemoryWindowed(): Promise<Shelf> {
  return {
    reopens: false,
    open: async (clock) => memory({ clock, window: WINDOW }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** A file of its own. */
export async function onDisk(): Promise<Shelf> {
  const here = folder()
  return {
    reopens: true,
    open: async (clock) => {
      const store = sqlite(here.file('tieline.db'), { clock, logBytes: 0, window: WINDOW })
      await store.migrate()
      return store
    },
    [Symbol.asyncDispose]: async () => here[Symbol.dispose](),
  }
}
