import { join } from 'node:path'
import type { Ground } from './ground.ts'

/** A SQLite file in the folder of the run. */
export async function fileGround(folder: string): Promise<Ground> {
  const address = `sqlite:${join(folder, 'tieline.db')}`
  return {
    address: () => address,
    straight: address,
    trouble: async (what) => {
      throw new Error(`a file has no ${what}`)
    },
    keep: () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}
