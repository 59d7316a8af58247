/** Where secrets come from. */
export interface Secrets {
  /**
   * Current values of a secret, newest first: one, or two while it is being rotated.
   * Empty when it is not set. Never cached by callers for longer than one message or one minute.
   */
  read(name: string): readonly string[]
}
