// One sender in a process of its own, which nobody kills. argv: name, keys, ports, ledger, seed. Stops when told; says when all it began is taken.
import { seededRandom } from '../../../../src/sandbox/seeded-random.ts'
import { type Answered, openLedger } from '../ledger.ts'
import { startSender } from './sender.ts'

const [name = '', keys = '0', ports = '', ledger = '', seed = '1'] = process.argv.slice(2)
const sender = startSender({
  name,
  keys: Number(keys),
  ports: ports.split(',').map(Number),
  random: seededRandom(Number(seed)),
  ledger: openLedger<Answered>(ledger),
  refused: (what) => process.send?.({ refused: what }),
})
process.once('message', () => void sender.stop().then(() => process.send?.({ ready: 'stopped' })))
process.once('disconnect', () => process.exit(1))
