/** What the three ledgers hold, and how many webhooks are still on their way. */
export interface Counts {
  readonly customers: number
  readonly contacts: number
  readonly deals: number
  readonly told: number
  readonly webhooks: number
}

/** What the ledgers and the runtime say now. */
export interface Picture extends Counts {
  readonly signups: number
  readonly payments: number
  readonly refunds: number
  readonly accepted: number
  readonly duplicates: number
  readonly delivered: number
  readonly pending: number
  readonly waiting: number
  readonly dead: number
}

/** A block of lines that is drawn over itself on a terminal, or one line now and then where there is none. */
export function createScreen(out: NodeJS.WriteStream, quiet: boolean) {
  const live = out.isTTY === true && !quiet
  let drawn = 0
  let last = Number.NEGATIVE_INFINITY // the first line comes at once
  const number = (value: number): string => String(value).padStart(7)

  function draw(picture: Picture): void {
    if (quiet) return
    if (!live) {
      if (performance.now() - last < 2_000) return
      last = performance.now()
      out.write(
        `sent ${picture.signups}+${picture.payments}+${picture.refunds}  accepted ${picture.accepted}  delivered ${picture.delivered}  pending ${picture.pending}  dead ${picture.dead}\n`,
      )
      return
    }
    const lines = [
      '  happened          accepted            delivered           in the ledgers',
      `  sign-ups ${number(picture.signups)}  messages ${number(picture.accepted)}   work     ${number(picture.delivered)}    payments: ${number(picture.customers)} customers`,
      `  payments ${number(picture.payments)}  repeats  ${number(picture.duplicates)}   pending  ${number(picture.pending)}    CRM:      ${number(picture.contacts)} contacts ${number(picture.deals)} deals`,
      `  refunds  ${number(picture.refunds)}                     retrying ${number(picture.waiting)}    app:      ${number(picture.told)} told`,
    ]
    if (drawn > 0) out.write(`\x1b[${drawn}A`)
    out.write(`${lines.map((line) => `\x1b[2K${line}`).join('\n')}\n`)
    drawn = lines.length
  }

  function say(line: string): void {
    if (quiet) return
    out.write(`${line}\n`)
    drawn = 0
  }

  return { draw, say }
}
