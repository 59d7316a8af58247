import type { App } from '../../app.ts'
import { connectorsOf } from '../../derive/check/call.ts'
import { addressVariable, SANDBOX_NAMES } from './sandbox-servers.ts'

const API_KEY = 'sk_test_sandbox' // of the payments provider, which takes any key of this form

/**
 * With the sandbox, a secret that is not set gets one that the sandbox knows, if it is for a Stripe source or for a connector to one of
 * the sandbox's addresses (its CRMs and its ERP take any token). Operations that a saga step does not name in `calls` are not seen.
 */
export function lendSecrets({ declaration }: App, env: NodeJS.ProcessEnv): void {
  const { TIELINE_SANDBOX_STRIPE: signing, TIELINE_SANDBOX_APP: app } = env
  const payments = env[addressVariable('payments')]
  if (signing === undefined || app === undefined || payments === undefined) return
  for (const { from } of declaration.flows.flatMap(({ inputs }) => inputs)) {
    const { secret, scheme } = from.endpoint
    if (secret !== undefined && scheme === 'stripe') env[secret.secret] ||= signing
  }
  const origins = SANDBOX_NAMES.map((name) => env[addressVariable(name)])
  for (const { baseUrl, secrets } of connectorsOf(declaration.flows)) {
    const origin = URL.parse(baseUrl)?.origin
    if (origin === undefined || !origins.includes(origin)) continue
    for (const name of secrets) env[name] ||= origin === payments ? API_KEY : app
  }
}
