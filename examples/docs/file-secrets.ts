// #region secrets
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secrets } from 'tieline'

/** Secrets from files, one value a line, the newest first: what changes on disk counts without a restart. */
export function fileSecrets(folder: string): Secrets {
  return {
    read(name) {
      try {
        return readFileSync(join(folder, name), 'utf8')
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
          .slice(0, 2)
      } catch {
        return [] // not set: requests are answered 503, calls wait
      }
    },
  }
}
// #endregion
