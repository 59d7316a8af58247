// Process of `tieline dev`: loads the configuration, waits for its turn, starts, and stops when it is told to or is left alone.
import { enableCompileCache, registerHooks } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { loadApp } from '../config/load.ts'
import { failureOf } from '../failure.ts'
import { lendSecrets } from './lend.ts'
import type { FromRunner, ToRunner } from './words.ts'

enableCompileCache()
const files = new Set<string>()

// Node asks for each import once; what is asked for and not found may be made later, so it is watched too.
registerHooks({
  resolve: (specifier, context, next) => {
    try {
      const found = next(specifier, context)
      note(found.url)
      return found
    } catch (error) {
      if (/^\.{0,2}\//.test(specifier)) note(URL.parse(specifier, context.parentURL)?.href)
      throw error
    }
  },
})

function note(url = ''): void {
  if (url.startsWith('file:') && !url.includes('/node_modules/')) files.add(fileURLToPath(url.replace(/[?#].*$/, '')))
}

// Ctrl-C reaches the whole group of processes; the reloader decides what it means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

const say = (words: FromRunner): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(words, undefined, {}, () => resolve())
    else resolve()
  })

const told = (wanted: ToRunner['say']): Promise<void> =>
  new Promise((resolve) => {
    process.on('message', (words: ToRunner) => {
      if (words.say === wanted) resolve()
    })
    if (wanted === 'stop') process.once('disconnect', resolve)
  })

const turn = told('start').then(() => 'start' as const)
const end = told('stop').then(() => 'stop' as const)
try {
  const { app } = await loadApp(process.argv[2])
  await say({ say: 'loaded', files: [...files] })
  if ((await Promise.race([turn, end])) === 'start') {
    lendSecrets(app, process.env)
    const { flows } = app.declaration
    const { url } = await app.start()
    const stripe = flows.flatMap(({ inputs }) => inputs).find(({ from }) => from.endpoint.scheme === 'stripe')
    await say({
      say: 'ready',
      url,
      flows: flows.length,
      ...(stripe === undefined ? {} : { stripe: stripe.from.endpoint.name }),
    })
    await end
    if (process.connected) process.once('disconnect', () => process.exit(3)) // a second signal ended the reloader
    await app.stop()
  }
  process.exit(0)
} catch (thrown) {
  await say({ say: 'failed', files: [...files], failure: failureOf(thrown) })
  process.exit(3)
}
