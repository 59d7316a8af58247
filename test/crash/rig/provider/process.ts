// The provider in a process of its own, which nobody kills. argv: ledger, seed. Says where it listens.
import { type Called, openLedger } from '../ledger.ts'
import { createModel } from './model.ts'
import { serve } from './server.ts'

/** Asks for SIGKILL to a process right after its nth effect from so long on, before the answer. */
export interface Aim {
  readonly process: number
  readonly effects: number
  readonly calmMs: number
}

const [ledger = '', seed = '1'] = process.argv.slice(2)
const aims = new Map<number, { effects: number; readonly from: number }>()

function handled({ process: from, first }: Called): void {
  const aim = aims.get(from)
  if (!first || aim === undefined || performance.now() < aim.from || --aim.effects > 0) return
  aims.delete(from)
  process.kill(from, 'SIGKILL')
}

process.on('message', (message) => {
  const { process: at, effects, calmMs } = message as Aim
  aims.set(at, { effects, from: performance.now() + calmMs })
})
process.once('disconnect', () => process.exit(1))
const url = await serve({ model: createModel(openLedger<Called>(ledger)), seed: Number(seed), handled })
process.send?.({ ready: url })
