import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { TielineError } from '../core/error.ts'
import { parseFaultPlan } from './fault/rule.ts'
import { fasterBy, STRIPE_SCHEDULE } from './payments/schedule.ts'
import { SANDBOX_SECRETS, type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'

const HELP = `The sandbox as a process of its own: payments provider, CRM and app, until SIGTERM or SIGINT.

  --host ADDRESS          127.0.0.1
  --port-payments N       0, any free port; likewise --port-crm, --port-app, --port-salesforce, --port-netsuite
  --webhook-url URL       where the payments provider sends its webhooks
  --faster N              divides the pauses between attempts of a webhook: 3000 makes 5 minutes 100 ms; 1
  --longest-pause MS      no pause between attempts is longer
  --keep-trying           goes on with the last pause where Stripe gives up
  --faults FILE           JSON: {"payments": [rules], "crm": [rules], "app": [rules], "salesforce": [rules], "netsuite": [rules]}
  --seed N                decides ids and faults; 1
  --idle-exit SECONDS     ends when nobody has called the providers for so long; never without
  --json                  prints the addresses as one line of JSON

Secrets come from TIELINE_SANDBOX_STRIPE and TIELINE_SANDBOX_APP (two, separated by a comma, while rotating).
`

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    'port-payments': { type: 'string', default: '0' },
    'port-crm': { type: 'string', default: '0' },
    'port-app': { type: 'string', default: '0' },
    'port-salesforce': { type: 'string', default: '0' },
    'port-netsuite': { type: 'string', default: '0' },
    'webhook-url': { type: 'string' },
    faster: { type: 'string', default: '1' },
    'longest-pause': { type: 'string', default: '1e12' },
    'idle-exit': { type: 'string', default: '0' },
    'keep-trying': { type: 'boolean', default: false },
    faults: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

type Numeric =
  | 'port-payments'
  | 'port-crm'
  | 'port-app'
  | 'port-salesforce'
  | 'port-netsuite'
  | 'faster'
  | 'longest-pause'
  | 'idle-exit'
  | 'seed'

function numberOf(name: Numeric, most: number): number {
  const value = Number(values[name])
  if (values[name] !== '' && value >= 0 && value <= most) return value
  throw new TielineError('CONFIG_INVALID', `--${name} ${values[name]}: expected a number from 0 to ${most}`)
}

function faultsOf(file: string | undefined): NonNullable<SandboxOptions['faults']> {
  if (file === undefined) return {}
  const plans = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
  for (const [name] of plans) {
    if (!['payments', 'crm', 'app', 'salesforce', 'netsuite'].includes(name))
      throw new TielineError('CONFIG_INVALID', `${file}: no server ${name}`)
  }
  return Object.fromEntries(plans.map(([name, plan]) => [name, parseFaultPlan(plan)]))
}

const secretsOf = (name: string, otherwise: string): readonly string[] => (process.env[name] ?? otherwise).split(',')

async function main(): Promise<void> {
  const schedule = fasterBy(STRIPE_SCHEDULE, Math.max(1, numberOf('faster', 1e9)), numberOf('longest-pause', 1e12))
  const url = values['webhook-url']
  const sandbox = await startSandbox({
    host: values.host,
    ports: {
      payments: numberOf('port-payments', 65_535),
      crm: numberOf('port-crm', 65_535),
      app: numberOf('port-app', 65_535),
      salesforce: numberOf('port-salesforce', 65_535),
      netsuite: numberOf('port-netsuite', 65_535),
    },
    seed: numberOf('seed', Number.MAX_SAFE_INTEGER),
    faults: faultsOf(values.faults),
    webhookSecrets: secretsOf('TIELINE_SANDBOX_STRIPE', SANDBOX_SECRETS.payments),
    appSecrets: secretsOf('TIELINE_SANDBOX_APP', SANDBOX_SECRETS.app),
    schedule: values['keep-trying'] ? { ...schedule, afterwards: 'go on' } : schedule,
    ...(url === undefined ? {} : { webhookUrl: url }),
  })
  const stop = (): void => void sandbox.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const idleS = numberOf('idle-exit', 1e6)
  if (idleS > 0) stopWhenIdle(sandbox, idleS, stop)
  const urls = {
    payments: sandbox.payments.url,
    crm: sandbox.crm.url,
    app: sandbox.app.url,
    salesforce: sandbox.salesforce.url,
    netsuite: sandbox.netsuite.url,
  }
  const text = Object.entries(urls).map(([name, at]) => `${name.padEnd(10)} ${at}`)
  process.stdout.write(`${values.json ? JSON.stringify({ ...urls, pid: process.pid }) : text.join('\n')}\n`)
}

/** A sandbox that was started for a run and forgotten does not stay for ever. */
function stopWhenIdle(sandbox: Sandbox, seconds: number, stop: () => void): void {
  const { payments, crm, app, salesforce, netsuite } = sandbox
  const servers = [payments, crm, app, salesforce, netsuite]
  const calls = (): number => servers.reduce((sum, server) => sum + server.requests(), 0)
  let last = calls()
  const timer = setInterval(() => {
    if (calls() === last) {
      clearInterval(timer)
      stop()
    }
    last = calls()
  }, seconds * 1_000)
  timer.unref()
}

if (values.help) process.stdout.write(HELP)
else {
  main().catch((thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
    process.exitCode = 3
  })
}
