import assert from 'node:assert/strict'
import { httpClient } from '../../adapter/http/index.ts'
import { TielineError } from '../../core/error.ts'
import { classify } from '../../declare/fault/classify.ts'
import type { Operation } from '../../declare/target/operation.ts'
import type { HttpRequest, HttpResponse } from '../../port/http.ts'
import { partsOf } from './answer.ts'
import { copyOf } from './copy.ts'
import { type Face, single } from './face.ts'
import { NOW_MS } from './fixed.ts'
import { shown } from './halves.ts'
import type { Stage } from './stage.ts'
import { type Example, example, type ProviderUnderTest } from './subject.ts'

/** What goes wrong with the next request. `before`: the provider never gets it; `after`: it does, and its answer is lost or changed. */
export type Trouble =
  | { readonly before: TielineError | HttpResponse }
  | { readonly after: (answer: HttpResponse) => TielineError | HttpResponse }

const CALL_MS = 10_000 // of a call to a running sandbox: beyond any answer that is on its way

/** The way between a connector and a provider: performs operations as the engine does, without durability, with trouble on demand. */
export class Line implements AsyncDisposable {
  /** The answers that came, newest last. */
  readonly answers: HttpResponse[] = []
  readonly #stage: Stage
  readonly #provider: ProviderUnderTest
  readonly #http = httpClient()
  #calls = 0

  constructor(stage: Stage, provider: ProviderUnderTest) {
    this.#stage = stage
    this.#provider = provider
  }

  async effects(): Promise<number> {
    return (await this.#provider.effects()).length
  }

  /** The inputs of an example at this provider. */
  async inputs(of: Example): Promise<readonly [unknown, unknown]> {
    return of.given === undefined ? [of.input, of.other] : of.given(this.call)
  }

  /** A call with a key of its own. */
  readonly call = <I, O>(operation: Operation<I, O>, input: I): Promise<O> => {
    this.#calls += 1
    const face = single(example(operation, { input, other: input }))
    return this.perform(face, input, `given-${this.#calls}`) as Promise<O>
  }

  /** Performs what must go well. */
  async perform(face: Face, input: unknown, key: string, attempt = 1): Promise<unknown> {
    try {
      return await this.#perform(face, input, key, attempt, undefined)
    } catch (thrown) {
      const why = thrown instanceof TielineError ? `${thrown.code}: ${thrown.message}` : String(thrown)
      assert.fail(`${face.place}: attempt ${attempt} with ${shown(input)} failed with ${why}`)
    }
  }

  /** Performs what must go wrong, and gives the error. */
  async failure(face: Face, input: unknown, key: string, trouble: Trouble): Promise<TielineError> {
    try {
      await this.#perform(face, input, key, 1, trouble)
    } catch (error) {
      assert.ok(error instanceof TielineError, `${face.place}: threw ${String(error)} in place of a TielineError`)
      return error
    }
    assert.fail(`${face.place}: gave a result although the call failed`)
  }

  async #perform(
    face: Face,
    input: unknown,
    key: string,
    attempt: number,
    trouble: Trouble | undefined,
  ): Promise<unknown> {
    const { connector } = face
    const parts = face.request(copyOf(input), this.#stage.context({ idempotencyKey: key, attempt }))
    const request: HttpRequest = {
      ...parts,
      headers: parts.headers ?? {},
      url: connector.baseUrl + parts.path,
      timeoutMs: CALL_MS,
      maxResponseBytes: connector.maxResponseBytes,
    }
    const answer = await this.#exchange(request, trouble)
    const told = partsOf(answer)
    const good = (answer.status >= 200 && answer.status < 300) || face.repeated?.(told) === true
    if (!good) throw classify(answer, connector.faults, NOW_MS)
    this.answers.push(answer)
    return face.response(told, copyOf(input), key)
  }

  async #exchange(request: HttpRequest, trouble: Trouble | undefined): Promise<HttpResponse> {
    if (trouble !== undefined && 'before' in trouble) return given(trouble.before)
    const answer = await this.#forward(request)
    const came = given(trouble === undefined ? answer : trouble.after(answer))
    if (came.body.byteLength <= request.maxResponseBytes) return came
    throw new TielineError('HTTP_TOO_LARGE', `more than ${request.maxResponseBytes} bytes`)
  }

  #forward(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { answers } = this.#provider
    if (typeof answers !== 'string') return answers(request)
    const to = new URL(answers)
    const { pathname, search } = new URL(request.url)
    return this.#http.request({ ...request, url: to.origin + pathname + search, allow: [to.hostname] })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
    await this.#provider[Symbol.asyncDispose]?.()
  }
}

function given(outcome: TielineError | HttpResponse): HttpResponse {
  if (outcome instanceof TielineError) throw outcome
  return outcome
}
