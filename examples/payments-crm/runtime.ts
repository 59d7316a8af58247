// The runtime in a process of its own, so that it can be killed while the world goes on. Started by start.ts.
import app from './tieline.config.ts'

const began = performance.now()
const { url } = await app.start()
process.send?.({ url, ms: Math.round(performance.now() - began) })

// The supervisor was killed. Its next run wants our port and our store, so we go at once: what was accepted is on disk.
process.once('disconnect', () => process.exit(1))
let ending = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (ending) return
    ending = true
    void app.stop().then(() => process.exit(0))
  })
}
