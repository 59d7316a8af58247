// The whole chain around an async no-op, compiled and called as the engine does.
import { systemClock } from '../../src/adapter/clock/system.ts'
import { breaker } from '../../src/declare/policy/breaker.ts'
import { bulkhead } from '../../src/declare/policy/bulkhead.ts'
import { type Policy, policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { rateLimit } from '../../src/declare/policy/rate-limit.ts'
import { retryBudget } from '../../src/declare/policy/retry-budget.ts'
import type { Connector, OperationSpec } from '../../src/declare/target/operation.ts'
import type { Terms } from '../../src/engine/act.ts'
import { callOf } from '../../src/engine/policy/call.ts'
import { compile } from '../../src/engine/policy/chain.ts'
import type { Host } from '../../src/port/host.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'

const careful: Policy = policy(
  retry({ attempts: 3, budget: retryBudget() }),
  breaker({ failureRate: 0.5, within: '30s' }),
  bulkhead(8),
  rateLimit({ limit: 100_000_000, per: '1s', burst: 1_000_000 }),
  timeout('10s'),
)
const host = { clock: systemClock, random: Math.random } as unknown as Host
const spec = { connector: { name: 'crm', policy: careful } as Connector, name: 'deals.upsert' } as OperationSpec<
  unknown,
  unknown
>
const admissions = localAdmissions()
const terms = {
  held: { over: false, untilMono: Number.MAX_SAFE_INTEGER, deadlineMono: Number.MAX_SAFE_INTEGER },
  idempotencyKey: 'key',
  attempt: 1,
  layers: careful.layers,
  stop: new AbortController().signal,
  admissions,
  tenant: '',
} as unknown as Terms
const run = compile(spec, careful.layers, admissions, async () => undefined)

export const call = (): Promise<unknown> => run(callOf(host, spec, undefined, terms))
