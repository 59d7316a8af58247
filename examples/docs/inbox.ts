import postgres from 'postgres'
import { cloudEvents, contract, flow, saga, secret, tieline } from 'tieline'
import { inbox } from 'tieline/outbox'
import { z } from 'zod'

export const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({ payment: z.string(), account: z.string(), minor: z.int() }),
  key: ({ account }) => account,
})

const sql = postgres('postgres://shop@127.0.0.1:5432/shop')
const events = cloudEvents({ token: secret('EVENTS_TOKEN') })

// #region inbox
const ledger = inbox('ledger') // one name for each handler: another one handles the same message once, too

const book = saga('book', { input: Payment }).step('entry', {
  do: ({ input, message }) =>
    sql.begin(async (tx) => {
      if (!(await ledger.once(tx, message))) return 'booked before'
      await tx`UPDATE accounts SET minor = minor + ${input.minor} WHERE id = ${input.account}`
      return 'booked'
    }),
  irreversible: 'a wrong entry is corrected by another entry',
})
// #endregion

export default tieline({
  flows: [flow('payments', { from: events.on('payment.made', Payment), key: ({ account }) => account, to: book })],
})
