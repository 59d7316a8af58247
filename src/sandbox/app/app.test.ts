import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import { standardVerifier } from '../server/verify-standard.ts'
import { app } from './app.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
const OTHER = `whsec_${Buffer.from('another-key-of-24-bytes!').toString('base64')}`
const NOW = 1_700_000_000_000

function receiver(secrets = [SECRET]) {
  const model = app({ verify: standardVerifier(secrets) })
  const send = (id: string, value: unknown, { atMs = NOW, secret = SECRET, change = '' } = {}): number => {
    const text = JSON.stringify(value)
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(atMs / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(atMs), text),
    }
    const body = new TextEncoder().encode(text + change)
    const request = { method: 'POST', path: '/webhooks', query: '', headers, body }
    return model.handle(request, { nowMs: NOW, nextId: (prefix) => prefix }).status
  }
  return { model, send }
}

const told = { type: 'payment.recorded', timestamp: '2026-01-01T00:00:00Z', data: { payment_id: 'pi_1' } }

it('takes in what the Standard Webhooks library signs, once for each webhook-id', () => {
  const { model, send } = receiver()
  expect([send('msg_1', told), send('msg_1', told), send('msg_2', told)]).toEqual([204, 204, 204])
  expect(model.ledger()).toMatchObject({
    repeats: 1,
    refused: 0,
    entries: [
      { seq: 1, webhookId: 'msg_1', type: 'payment.recorded', data: { payment_id: 'pi_1' } },
      { seq: 2, webhookId: 'msg_2' },
    ],
  })
})

it('refuses a changed byte, a stale or future stamp, another secret and a full stop in the id', () => {
  const { model, send } = receiver()
  const answers = [
    send('m', told, { change: ' ' }),
    send('m', told, { atMs: NOW - 301_000 }),
    send('m', told, { atMs: NOW + 301_000 }),
    send('m', told, { secret: OTHER }),
    send('m.1', told),
  ]
  expect(answers).toEqual([401, 401, 401, 401, 401])
  expect(model.ledger()).toMatchObject({ entries: [], refused: 5 })
})

it('takes two secrets while they are being rotated', () => {
  const { send } = receiver([OTHER, SECRET])
  expect([send('a', told), send('b', told, { secret: OTHER })]).toEqual([204, 204])
})

it('what is signed but no event is 400 and may come again', () => {
  const { model, send } = receiver()
  expect(send('m', [1])).toBe(400)
  expect(send('m', told)).toBe(204)
  expect(model.ledger().entries).toHaveLength(1)
})
