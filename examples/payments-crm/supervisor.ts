import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { DATABASE, PORT, type World } from './world.ts'

/** Keeps one runtime alive: a killed one is started again. */
export interface Supervisor {
  readonly url: string
  readonly starts: () => number
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const SECRETS = {
  STRIPE_WEBHOOK_SECRET: 'whsec_sandbox_payments_0123456789abcdef',
  STRIPE_API_KEY: 'sk_test_sandbox',
  HUBSPOT_TOKEN: 'pat-sandbox',
  APP_WEBHOOK_SECRET: 'whsec_c2FuZGJveC1hcHAtc2lnbmluZy1zZWNyZXQh',
}

/**
 * @param gone called when the runtime ends by itself, or cannot be started again
 * @throws {Error} when the first start fails: the port is taken, the store is locked …
 */
export async function supervise(
  world: World,
  say: (line: string) => void,
  gone: (why: Error) => void,
): Promise<Supervisor> {
  let child: ChildProcess | undefined
  let starts = 0
  let stopping = false
  let ended: Promise<void> = Promise.resolve()
  const env = {
    ...SECRETS,
    ...process.env,
    STRIPE_URL: world.payments,
    HUBSPOT_URL: world.crm,
    APP_WEBHOOK_URL: `${world.app}/webhooks`,
    TIELINE_STORE: `sqlite:${DATABASE}`,
    TIELINE_PORT: String(PORT),
  }

  function start(): Promise<string> {
    starts++
    const now = fork(join(import.meta.dirname, 'runtime.ts'), {
      env,
      execArgv: ['--conditions=@tieline/source', '--max-semi-space-size=64'],
    })
    child = now
    let up = false
    ended = new Promise((resolve) => now.once('exit', () => resolve()))
    return new Promise((resolve, reject) => {
      now.once('message', (ready: { url: string; ms: number }) => {
        up = true
        say(`runtime ready in ${ready.ms} ms on ${ready.url} (pid ${now.pid}; kill -9 it if you like)`)
        resolve(ready.url)
      })
      now.once('exit', (code, signal) => {
        if (stopping) return
        const fail = up ? gone : reject
        if (signal === null) return fail(new Error(`the runtime ended with ${code}`))
        say(`runtime killed by ${signal}; starting it again`)
        start().then(resolve, fail)
      })
    })
  }

  const url = await start()
  return {
    url,
    starts: () => starts,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true
      child?.kill('SIGTERM')
      await ended
    },
  }
}
