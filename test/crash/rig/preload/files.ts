import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { passing } from './passage.ts'

type Done = (error: NodeJS.ErrnoException | null) => void

/** The sync of the log that stands between a commit and its acknowledgement. */
export function watchFiles(): void {
  const { fdatasync } = fs
  function watched(file: number, done: Done): void {
    passing('before the sync')
    fdatasync(file, (error) => {
      passing('after the sync')
      done(error)
    })
    passing('during the sync')
  }
  Object.assign(fs, { fdatasync: watched })
  syncBuiltinESMExports()
}
