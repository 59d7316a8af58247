import type { Clock } from '../port/clock.ts'
import { app } from './app/app.ts'
import { crm } from './crm/crm.ts'
import type { CrmRate } from './crm/rate.ts'
import type { FaultPlan } from './fault/rule.ts'
import type { Expected } from './judge/expected.ts'
import { judge } from './judge/judge.ts'
import type { Sent, Verdict } from './judge/sent.ts'
import { type NetsuiteOptions, netsuite } from './netsuite/netsuite.ts'
import type { RetrySchedule } from './payments/schedule.ts'
import { salesforceControls } from './salesforce/control.ts'
import { type SalesforceOptions, salesforce } from './salesforce/salesforce.ts'
import { type PaymentsServer, servePayments } from './server/payments-server.ts'
import { type ProviderServer, serveProvider } from './server/serve-provider.ts'
import { standardVerifier } from './server/verify-standard.ts'
import { type Counts, worldControls } from './server/world-control.ts'
import { type Traffic, type TrafficOptions, traffic } from './traffic/traffic.ts'

export interface SandboxOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0 each: any free port. */
  readonly ports?: {
    readonly payments?: number
    readonly crm?: number
    readonly app?: number
    readonly salesforce?: number
    readonly netsuite?: number
  }
  /** Decides ids and faults. Default 1. */
  readonly seed?: number
  readonly clock?: Clock
  /** Faults of each server. Default: none. */
  readonly faults?: {
    readonly payments?: FaultPlan
    readonly crm?: FaultPlan
    readonly app?: FaultPlan
    readonly salesforce?: FaultPlan
    readonly netsuite?: FaultPlan
  }
  /** Where the payments provider sends its webhooks; may be set later. */
  readonly webhookUrl?: string
  /** Secrets that sign those webhooks. */
  readonly webhookSecrets?: readonly string[]
  /** When they are sent again. Default: Stripe's, real time. */
  readonly schedule?: RetrySchedule
  /** Secrets with which the app verifies what it receives. */
  readonly appSecrets?: readonly string[]
  /** Default: wide enough never to limit. */
  readonly crmRate?: CrmRate
  readonly salesforce?: SalesforceOptions
  readonly netsuite?: NetsuiteOptions
}

/** Made-up secrets of a sandbox that was given none; they guard nothing. */
export const SANDBOX_SECRETS: Readonly<Record<'payments' | 'app', string>> = Object.freeze({
  payments: 'whsec_sandbox_payments_0123456789abcdef',
  app: 'whsec_c2FuZGJveC1hcHAtc2lnbmluZy1zZWNyZXQh',
})

/** Payments provider, CRM and app: three servers in one process, with the traffic between them and the judge of it. */
export interface Sandbox extends AsyncDisposable {
  readonly payments: PaymentsServer
  readonly crm: ProviderServer
  readonly app: ProviderServer
  /** A Salesforce organization; no part of the traffic and of the verdict. */
  readonly salesforce: ProviderServer
  /** A NetSuite account; no part of the traffic and of the verdict. */
  readonly netsuite: ProviderServer
  /** Starts traffic. A second start adds to what was sent; give it another `run`. */
  start(options: Omit<TrafficOptions, 'paymentsUrl' | 'clock'>): Traffic
  /** What all traffic has sent so far. */
  sent(): Sent
  /** Compares what was sent with the three ledgers. */
  verdict(expected?: Expected): Verdict
  /** How many of each there are; cheap enough to ask for ten times a second. */
  counts(): Counts
  close(): Promise<void>
}

/** @throws {TielineError} CONFIG_INVALID when an address cannot be used; then nothing is left open. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { ports = {}, faults = {}, seed = 1, webhookUrl } = options
  const shared = {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  }
  const secrets = options.webhookSecrets ?? [SANDBOX_SECRETS.payments]
  const crmModel = crm(options.crmRate === undefined ? {} : { rate: options.crmRate })
  const appModel = app({ verify: standardVerifier(options.appSecrets ?? [SANDBOX_SECRETS.app]) })
  const runs: Traffic[] = []

  await using opened = new AsyncDisposableStack()
  const payments = opened.use(
    await servePayments({
      ...shared,
      port: ports.payments ?? 0,
      seed,
      faults: faults.payments ?? [],
      ...(webhookUrl === undefined ? {} : { endpoint: { url: webhookUrl, secrets } }),
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
    }),
  )
  const start: Sandbox['start'] = (wanted) => {
    const clock = options.clock === undefined ? {} : { clock: options.clock }
    const run = traffic({ ...wanted, ...clock, paymentsUrl: payments.url })
    runs.push(run)
    return run
  }
  const sent = (): Sent => {
    const all = runs.map((run) => run.sent())
    return { signups: all.flatMap((one) => one.signups), payments: all.flatMap((one) => one.payments) }
  }
  const verdict: Sandbox['verdict'] = (expected) => {
    const paid = { ...payments.ledger(), deliveries: payments.deliveries() }
    return judge({ payments: paid, crm: crmModel.ledger(), app: appModel.ledger(), sent: sent() }, expected)
  }
  const counts = (): Counts => ({
    customers: payments
      .ledger()
      .effects.filter(({ kind, metadata }) => kind === 'customer.created' && 'signup_id' in metadata).length,
    contacts: crmModel.ledger().effects.filter(({ kind, type }) => kind === 'created' && type === 'contacts').length,
    deals: crmModel.ledger().effects.filter(({ kind, type }) => kind === 'created' && type === 'deals').length,
    told: appModel.ledger().entries.length,
    webhooks: payments.pending(),
  })
  const crmServer = opened.use(
    await serveProvider(crmModel, { ...shared, port: ports.crm ?? 0, seed: seed + 100, faults: faults.crm ?? [] }),
  )
  const appServer = opened.use(
    await serveProvider(
      appModel,
      { ...shared, port: ports.app ?? 0, seed: seed + 200, faults: faults.app ?? [] },
      { controls: worldControls({ start, runs, sent, verdict, counts }) },
    ),
  )
  const salesforceModel = salesforce(options.salesforce)
  const salesforceServer = opened.use(
    await serveProvider(
      salesforceModel,
      { ...shared, port: ports.salesforce ?? 0, seed: seed + 300, faults: faults.salesforce ?? [] },
      { controls: salesforceControls(salesforceModel) },
    ),
  )
  const netsuiteServer = opened.use(
    await serveProvider(netsuite(options.netsuite), {
      ...shared,
      port: ports.netsuite ?? 0,
      seed: seed + 400,
      faults: faults.netsuite ?? [],
    }),
  )
  const servers = opened.move()

  async function close(): Promise<void> {
    for (const run of runs) run.stop()
    await Promise.allSettled(runs.map((run) => run.done))
    await servers.disposeAsync()
  }
  return {
    payments,
    crm: crmServer,
    app: appServer,
    salesforce: salesforceServer,
    netsuite: netsuiteServer,
    start,
    sent,
    verdict,
    counts,
    close,
    [Symbol.asyncDispose]: close,
  }
}
