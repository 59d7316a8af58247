/** What a mapping gives when the message is set aside on purpose. Preallocated when the mapping is compiled: a skip costs nothing. */
export class Skipped {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}
