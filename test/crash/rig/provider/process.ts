// The provider in a process of its own, which nobody kills. argv: ledger, seed. Says where it listens, and which process calls for the first time.
import { type Called, openLedger } from '../ledger.ts'
import { createModel } from './model.ts'
import { serve } from './server.ts'

/** Asks for SIGKILL to a process right after its nth effect, before the answer. */
export interface Aim {
  readonly process: number
  readonly effects: number
}

const [ledger = '', seed = '1'] = process.argv.slice(2)
let aim: { process: number; effects: number } | undefined
const callers = new Set<number>()

function handled({ process: from, first }: Called): void {
  if (!callers.has(from)) {
    callers.add(from)
    process.send?.({ called: from })
  }
  if (!first || aim?.process !== from || --aim.effects > 0) return
  aim = undefined
  process.kill(from, 'SIGKILL')
}

process.on('message', (message) => {
  aim = { ...(message as Aim) }
})
process.once('disconnect', () => process.exit(1))
const url = await serve({ model: createModel(openLedger<Called>(ledger)), seed: Number(seed), handled })
process.send?.({ ready: url })
