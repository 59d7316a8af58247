import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { CODES, type ErrorCode } from '../../core/codes.ts'
import { TielineError } from '../../core/error.ts'
import type { Issue } from '../../declare/contract/contract.ts'
import type { AdminOptions } from '../option.ts'
import { adminAddress } from './address.ts'

type Query = Readonly<Record<string, string | number | undefined>>

/** The admin API of a running Tieline. Paths are those under `/admin/v1/`. */
export interface Admin {
  readonly url: string
  /** @throws {TielineError} RUNTIME_UNREACHABLE, or what the runtime answered */
  get<T>(path: string, query?: Query): Promise<T>
  /** `patient`: a replay at a rate answers when it is through. @throws as get */
  post<T>(path: string, body: Readonly<Record<string, unknown>>, waits?: 'patient'): Promise<T>
}

const SILENCE_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1_048_576 // a page of messages with bodies is far smaller

export async function connect(options: AdminOptions): Promise<Admin> {
  const url = await adminAddress(options)
  const token = process.env['TIELINE_ADMIN_TOKEN']
  const headers = { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  return {
    url,
    get: async (path, query = {}) => {
      const search = new URLSearchParams()
      for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, `${value}`)
      const to = new URL(`${url}/admin/v1/${path}?${search}`)
      return understood(to, await exchange(to, { method: 'GET', headers, timeout: SILENCE_MS }))
    },
    post: async (path, body, waits) => {
      const to = new URL(`${url}/admin/v1/${path}`)
      const sent = { ...headers, 'content-type': 'application/json' }
      const options = { method: 'POST', headers: sent, ...(waits === 'patient' ? {} : { timeout: SILENCE_MS }) }
      return understood(to, await exchange(to, options, JSON.stringify(body)))
    },
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

interface Exchange {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeout?: number
}

function exchange(to: URL, options: Exchange, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const fail = (why: string, cause?: unknown): void =>
    reject(new TielineError('RUNTIME_UNREACHABLE', `${to.origin} ${why}`, { cause }))
  const send = to.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = send(to, options, (response) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error('the answer is larger than 64 MiB'))
      else chunks.push(chunk)
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    response.on('error', (error) => fail(`broke off: ${error.message}`, error))
  })
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${SILENCE_MS / 1_000} s`)))
  outgoing.on('error', (error) => fail(`cannot be reached: ${reason(error)}`, error))
  outgoing.end(body)
  return promise
}

/** Node gives several refused addresses of one name as an error without a message. */
function reason(error: NodeJS.ErrnoException & { readonly errors?: readonly Error[] }): string {
  return error.message || (error.errors?.map((one) => one.message).join(', ') ?? error.code ?? 'no reason given')
}

function understood<T>(to: URL, { status, text }: Answer): T {
  const value = parsed(text)
  if (status >= 200 && status < 300 && value !== undefined) return value as T
  const { code, detail, title, issues } = value ?? {}
  if (typeof code === 'string' && code in CODES) {
    throw new TielineError(code as ErrorCode, [detail ?? title ?? `answered ${status}`, ...issuesIn(issues)].join('; '))
  }
  throw new TielineError(
    'RUNTIME_UNREACHABLE',
    `${to.href} answered ${status}${value === undefined ? ', not JSON' : ''}: is that a Tieline?`,
  )
}

/** What is wrong with an edited body, field by field. */
function issuesIn(issues: unknown): readonly string[] {
  if (!Array.isArray(issues)) return []
  return (issues as readonly Issue[]).map(({ path, message }) => `${path} ${message}`.trim())
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
