import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TielineError } from '../../core/error.ts'
import { SANDBOX_SECRETS } from '../../sandbox/sandbox.ts'
import { addressVariable, SANDBOX_NAMES, SANDBOX_SERVERS, type SandboxServer } from './sandbox-servers.ts'

/** Its servers in a process of their own, which outlives the reloads. */
export interface SandboxProcess {
  /** Where it is, and the secrets that it signs and verifies with. */
  readonly env: Readonly<Record<string, string>>
  readonly text: string
  /** Sends the payments provider's webhooks here from now on. */
  direct(url: string): Promise<void>
  stop(): Promise<void>
}

const RUNNER = fileURLToPath(new URL(`./sandbox-runner${extname(import.meta.url)}`, import.meta.url))

/**
 * Starts the sandbox. @param port of the payments provider; the other servers have the next ones. 0: free ones
 * @throws {TielineError} CONFIG_INVALID when it does not start
 */
export async function startSandbox(port: number, outer: NodeJS.ProcessEnv = process.env): Promise<SandboxProcess> {
  const secrets = {
    TIELINE_SANDBOX_STRIPE: outer['TIELINE_SANDBOX_STRIPE'] ?? SANDBOX_SECRETS.payments,
    TIELINE_SANDBOX_APP: outer['TIELINE_SANDBOX_APP'] ?? SANDBOX_SECRETS.app,
  }
  const ports = SANDBOX_NAMES.flatMap((name, i) => [`--port-${name}`, `${port === 0 ? 0 : port + i}`])
  const child = fork(RUNNER, ['--json', '--keep-trying', '--faster', '60', ...ports], {
    env: { ...outer, ...secrets },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true, // Ctrl-C is for us: it goes on while the present run drains
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await Promise.race([
    new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk)))),
    ended.then(() => ''),
  ])
  if (line === '') throw new TielineError('CONFIG_INVALID', 'the sandbox did not start; the lines above say why')
  const urls = JSON.parse(line) as Readonly<Record<SandboxServer, string>>
  return {
    env: { ...secrets, ...Object.fromEntries(SANDBOX_NAMES.map((name) => [addressVariable(name), urls[name]])) },
    text: `sandbox: ${SANDBOX_NAMES.map((name) => `${SANDBOX_SERVERS[name]} ${urls[name]}`).join(', ')}`,
    direct: async (url) => {
      const body = JSON.stringify({ url, secrets: secrets.TIELINE_SANDBOX_STRIPE.split(',') })
      await fetch(`${urls.payments}/_sandbox/webhooks`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
