import { execFileSync } from 'node:child_process'

/** Far below the size of the log: no commit finds room. Small files beside it still do, as on a full disk whose blocks they have already. */
const BYTES = 1_048_576

/**
 * Makes the disk seem full to a running process, without root: no file of its may grow beyond a megabyte (RLIMIT_FSIZE, set from outside by
 * util-linux' prlimit). Writes fail with EFBIG, which SQLite reports as it does a device without room.
 */
export function fillDisk(pid: number): void {
  limit(pid, String(BYTES))
}

export function emptyDisk(pid: number): void {
  limit(pid, 'unlimited')
}

/** Only Linux can change the limits of a process that runs. */
export function canFillDisk(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The soft limit; the hard one stays where it is, so that the way back is open. */
function limit(pid: number, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { stdio: 'ignore' })
}
