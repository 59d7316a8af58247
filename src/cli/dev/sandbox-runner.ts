// Process of the sandbox under `tieline dev`: ends with the process that started it, also when that is killed.
import process from 'node:process'

process.once('disconnect', () => process.exit(0))
process.channel?.unref() // being able to hear that is no reason to stay
await import('../../sandbox/main.ts')
