import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whom a server runs as. Empty: as ourselves. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL and PgBouncer refuse to run as root; then it is `nobody`, who is on every system and owns nothing. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** A temporary folder that belongs to the account. */
export function serverFolder({ uid, gid }: Account): string {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-server-'))
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}
