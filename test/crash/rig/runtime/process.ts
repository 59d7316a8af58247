// The runtime as people run it, in a process of its own: TIELINE_STORE, TIELINE_PORT, PROVIDER_URL, SHOP_SECRET. Says when it is ready.
import { flushCompileCache } from 'node:module'
import { tieline } from 'tieline'
import { fulfilment, orders } from './flows.ts'

const app = tieline({ flows: [orders, fulfilment], drain: '5s' })
process.once('disconnect', () => process.exit(1)) // whoever started it is gone
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)))
const { url } = await app.start()
process.send?.({ ready: url })
flushCompileCache() // whoever is killed cannot do it at its end
