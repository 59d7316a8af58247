import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { begin, ended, said } from '../cli/spawn.ts'

/** Path of an example's configuration. */
export const configOf = (example: string): string =>
  fileURLToPath(new URL(`../../examples/${example}/tieline.config.ts`, import.meta.url))

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as tests need them
  readonly json: any
}

export interface Status {
  readonly accepted: number
  readonly duplicates: number
  readonly pending: number
  readonly delivered: number
  readonly skipped: number
  readonly dead: number
  readonly quarantined: number
}

/** `tieline start` of an example, in a process of its own. */
export interface Runtime extends AsyncDisposable {
  readonly url: string
  /** The line that said that it is ready. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Rejects when there is no answer. */
  post(path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<Answer>
  get(path: string): Promise<Answer>
  status(): Promise<Status>
  /** The status once nothing is pending. */
  settled(): Promise<Status>
  /** Drains and ends; gives the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

export async function startRuntime(example: string, env: Readonly<Record<string, string>>): Promise<Runtime> {
  const child = begin(['start', '--config', configOf(example), '--json'], { env: { TIELINE_PORT: '0', ...env } })
  const end = ended(child)
  const line = (await said(child, '"ready":true')).split('\n').find((text) => text.startsWith('{"ready"'))
  const ready = JSON.parse(line ?? '') as Readonly<Record<string, unknown>>
  const url = String(ready['url'])

  async function status(): Promise<Status> {
    return (await ask(url, 'GET', '/admin/v1/status')).json
  }

  async function stop(): Promise<number | null> {
    child.kill('SIGTERM')
    return (await end).code
  }

  return {
    url,
    ready,
    post: (path, body, headers) => ask(url, 'POST', path, headers, body),
    get: (path) => ask(url, 'GET', path),
    status,
    settled: async () => {
      const look = async (): Promise<Status> => {
        const now = await status()
        if (now.pending > 0) throw new Error(`${now.pending} are pending`)
        return now
      }
      return vi.waitFor(look, { timeout: 15_000, interval: 20 })
    },
    stop,
    kill: async () => {
      child.kill('SIGKILL')
      await end
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await end
    },
  }
}

function ask(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: JSON.parse(text || 'null') })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
