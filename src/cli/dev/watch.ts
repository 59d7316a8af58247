import { type FSWatcher, watch } from 'node:fs'
import { dirname, join } from 'node:path'

/** Watches files by their folders: editors replace files, and a file that is missing may appear. */
export interface Watcher {
  /** Watches these files in place of those before. */
  follow(files: Iterable<string>): void
  close(): void
}

const SETTLE_MS = 80 // one save is several events

/** Calls `changed` once for a burst of changes, with one of the files. */
export function createWatcher(changed: (file: string) => void): Watcher {
  const folders = new Map<string, FSWatcher>()
  let files = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function touched(file: string): void {
    if (!files.has(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => changed(file), SETTLE_MS)
  }

  function add(folder: string): void {
    try {
      const watcher = watch(folder, (_, name) => {
        if (name !== null) touched(join(folder, name))
      })
      watcher.on('error', () => drop(folder)) // the folder went away
      folders.set(folder, watcher)
    } catch {
      // There is no such folder. The file that names it is watched.
    }
  }

  function drop(folder: string): void {
    folders.get(folder)?.close()
    folders.delete(folder)
  }

  return {
    follow: (wanted) => {
      files = new Set(wanted)
      const needed = new Set([...files].map((file) => dirname(file)))
      for (const folder of folders.keys()) if (!needed.has(folder)) drop(folder)
      for (const folder of needed) if (!folders.has(folder)) add(folder)
    },
    close: () => {
      clearTimeout(timer)
      for (const folder of folders.keys()) drop(folder)
    },
  }
}
