import { Agent, request } from 'node:http'
import { signStandard } from '../../../../src/adapter/signature/standard-webhooks.ts'

export const SHOP_SECRET = 'whsec_dGllbGluZS1jcmFzaC1yaWctc2lnbmluZy1zZWNyZXQ='
const SHOP_PATH = '/in/shop'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Where the sender itself cuts the connection: in the middle of the body, or before the answer. */
export type Cut = 'in the body' | 'before the answer'

const TIMEOUT_MS = 2_000
const agent = new Agent({ keepAlive: true, maxSockets: 32 })

/** One signed request. Undefined when no answer came: refused, cut, or silent for two seconds. */
export function attempt(port: number, id: string, body: string, cut?: Cut): Promise<Answer | undefined> {
  const bytes = Buffer.from(body)
  const seconds = Math.floor(Date.now() / 1_000)
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signStandard(SHOP_SECRET, id, seconds, bytes),
  }
  return new Promise((resolve) => {
    const going = request({ host: '127.0.0.1', port, path: SHOP_PATH, method: 'POST', agent, headers })
    const over = setTimeout(() => going.destroy(), TIMEOUT_MS)
    const end = (answer?: Answer): void => {
      clearTimeout(over)
      resolve(answer)
    }
    going.on('error', () => end())
    going.on('close', () => end())
    going.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => end({ status: response.statusCode ?? 0, body: text }))
      response.on('error', () => end())
    })
    if (cut === 'in the body') going.write(bytes.subarray(0, bytes.length / 2), () => going.destroy())
    else going.end(bytes, () => cut === 'before the answer' && going.destroy())
  })
}
