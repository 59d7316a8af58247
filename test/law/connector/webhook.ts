import { webhook } from '../../../src/adapter/connector/webhook/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { app } from '../../../src/sandbox/app/app.ts'
import { standardVerifier } from '../../../src/sandbox/server/verify-standard.ts'
import { type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'

const HOOKS = ['whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3', 'whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk']
const { connector, send } = webhook('app', { url: 'https://app.example.com/webhooks', secret: secret('HOOKS') })

export const webhookSubject: ConnectorSubject = {
  connector,
  secrets: { HOOKS },
  secretsIn: [],
  retries4xx: 'Standard Webhooks 1.0, "Delivery success and failure": anything but 2xx is sent again',
  operations: [
    example(send, {
      input: {
        type: 'payment.recorded',
        timestamp: '2026-01-01T00:00:00Z',
        data: { payment_id: 'pi_1', amount: '12.50', paid: true, tags: ['a'] },
      },
      other: { type: 'payment.recorded', data: { payment_id: 'pi_2', amount: '1.00', currency: 'EUR' } },
      answers: [{ status: 204, body: '', gives: { status: 204 } }],
    }),
  ],
  provider: () => modelProvider(app({ verify: standardVerifier(HOOKS) }), ({ entries }) => entries),
}
