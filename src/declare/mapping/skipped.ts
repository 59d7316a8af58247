import { checkReason } from './reason.ts'

/** What a mapping gives when the message is set aside on purpose. Preallocated when the mapping is declared: a skip costs nothing. */
export class Skipped {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** Sets the message aside with a record, where a required value is missing: `required(intent.customer, skip('no customer'))`. */
export function skip(why: string): Skipped {
  return Object.freeze(new Skipped(checkReason('skip', why)))
}
