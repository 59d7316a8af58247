// The runtime in a process of its own, so that it can be killed while the world goes on. Started by start.ts.
import app from './tieline.config.ts'

const began = performance.now()
const { url } = await app.start()
process.send?.({ url, ms: Math.round(performance.now() - began) })
// The supervisor is gone: nobody would start us again, and nobody would stop us.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void app.stop().then(() => process.exit(0)))
