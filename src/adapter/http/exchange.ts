import type { Dispatcher } from 'undici'
import { TielineError } from '../../core/error.ts'
import type { HttpRequest, HttpResponse } from '../../port/http.ts'
import { aborted, failureOf, type Phase, type Place, stopped, timedOut } from './failure.ts'
import type { Pending } from './pending.ts'

type Controller = Dispatcher.DispatchController
type RawHeaders = Record<string, string | string[] | undefined>

const EMPTY = new Uint8Array(0)
const GIVEN_UP = new Error('given up')

/** One request and its answer: the only object made for it, handed to undici as its handler. Settles once; what comes later is ignored. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Links of `Pending`. */
  previous: Exchange | undefined
  next: Exchange | undefined

  readonly signal: AbortSignal | undefined
  readonly #pending: Pending
  readonly #place: Place
  readonly #began: number
  readonly #timeoutMs: number
  readonly #connectMs: number
  readonly #firstByteMs: number
  readonly #limit: number
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: TielineError) => void

  #phase: Phase = 'connecting'
  #settled = false
  #controller: Controller | undefined
  #status = 0
  #headers: Readonly<Record<string, string>> = {}
  #chunks: Buffer[] | undefined
  #only: Buffer | undefined
  #size = 0

  constructor(
    pending: Pending,
    place: Place,
    request: HttpRequest,
    signal: AbortSignal | undefined,
    resolve: (response: HttpResponse) => void,
    reject: (error: TielineError) => void,
  ) {
    this.#pending = pending
    this.#place = place
    this.#began = performance.now()
    this.#timeoutMs = request.timeoutMs
    this.#connectMs = Math.min(
      request.timeoutMs,
      request.connectMs ?? request.timeoutMs,
      request.firstByteMs ?? request.timeoutMs,
    )
    this.#firstByteMs = Math.min(request.timeoutMs, request.firstByteMs ?? request.timeoutMs)
    this.#limit = request.maxResponseBytes
    this.signal = signal
    this.#resolve = resolve
    this.#reject = reject
    pending.add(this)
  }

  onRequestStart(controller: Controller): void {
    // It waited for a connection for longer than its caller did: nothing must be sent any more.
    if (this.#settled) {
      controller.abort(GIVEN_UP)
      return
    }
    this.#controller = controller
    this.#phase = 'sent'
  }

  onResponseStart(_controller: Controller, status: number, headers: RawHeaders): void {
    if (status < 200) return // 100 Continue, 103 Early Hints
    this.#phase = 'answering'
    this.#status = status
    if (Number(headers['content-length']) > this.#limit) this.#tooLarge()
    else this.#headers = joined(headers)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#limit) this.#tooLarge()
    else if (this.#only === undefined) this.#only = chunk
    else if (this.#chunks === undefined) this.#chunks = [this.#only, chunk]
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#settled) return
    this.#leave()
    const body = this.#chunks === undefined ? (this.#only ?? EMPTY) : Buffer.concat(this.#chunks, this.#size)
    this.#resolve({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (!this.#settled) this.#fail(failureOf(error, this.#place, this.#phase))
  }

  expire(now: number): void {
    const limitMs = this.#limitMs()
    if (now - this.#began >= limitMs) this.#fail(timedOut(this.#place, limitMs, this.#phase))
  }

  /** How long it may have taken, as far as it has come. */
  #limitMs(): number {
    if (this.#phase === 'answering') return this.#timeoutMs
    return this.#phase === 'connecting' ? this.#connectMs : this.#firstByteMs
  }

  abort(): void {
    this.#fail(aborted(this.#place, this.signal?.reason))
  }

  stop(): void {
    this.#fail(stopped(this.#place))
  }

  #tooLarge(): void {
    this.#fail(new TielineError('HTTP_TOO_LARGE', `${this.#place}: the answer is larger than ${this.#limit} bytes`))
  }

  #fail(error: TielineError): void {
    if (this.#settled) return
    this.#leave()
    this.#reject(error)
    this.#controller?.abort(GIVEN_UP)
  }

  #leave(): void {
    this.#settled = true
    this.#pending.remove(this)
  }
}

/** Repeated headers as one value, in place: undici made the object for this answer alone. */
function joined(headers: RawHeaders): Readonly<Record<string, string>> {
  for (const name in headers) {
    const value = headers[name]
    if (typeof value !== 'string') headers[name] = value?.join(', ') ?? ''
  }
  return headers as Record<string, string>
}
