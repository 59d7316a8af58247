// One worker as people run it, in a process of its own: DATABASE_URL, PROVIDER_URL. Says where its admin API is.
import { tieline } from 'tieline'
import { postgres } from 'tieline/postgres'
import { flows } from './flows.ts'

const app = tieline({ store: postgres(process.env['DATABASE_URL'] ?? ''), flows, gateway: { port: 0 }, drain: '1s' })
process.once('disconnect', () => process.exit(1)) // whoever started it is gone
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)))
const { url } = await app.start()
process.send?.({ ready: url })
