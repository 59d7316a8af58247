import { userInfo } from 'node:os'

/** A reason with the name of who gives it, as trails and controls keep it: `maria: their maintenance`. */
export function signed(why: string | undefined): string {
  return why === undefined ? `by ${user()}` : `${user()}: ${why}`
}

function user(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown user' // a container may run under a number that has no name
  }
}
