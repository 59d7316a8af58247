import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** A name for one incarnation of one process; never used again, so that a restarted process is not taken for its former self. */
export function ownerName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
}
