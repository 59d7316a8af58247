import type { Provider, ProviderAnswer, ProviderRequest } from '../../sandbox/provider.ts'

/** What a provider's model answers: a status, or more than that. */
export type Answered = number | { readonly status: number; readonly body: unknown }

export interface KeyedOptions {
  /** Lower-case name of the header that holds the key. Default `idempotency-key`. */
  readonly header?: string
}

/**
 * A provider that honours idempotency keys: what it has done under a key it does not do again, and answers as it did. A refusal (not
 * 2xx) is not kept. `act` is called once for each new thing, with the parsed JSON body.
 */
export function keyedProvider(
  name: string,
  act: (body: never, request: ProviderRequest) => Answered,
  { header = 'idempotency-key' }: KeyedOptions = {},
): Provider<readonly ProviderRequest[]> {
  const answers = new Map<string, ProviderAnswer>()
  const done: ProviderRequest[] = []
  return {
    name,
    handle: (request) => {
      const key = request.headers[header]
      const known = key === undefined ? undefined : answers.get(key)
      if (known !== undefined) return known
      const text = new TextDecoder().decode(request.body)
      const answer = answerOf(act((text === '' ? undefined : JSON.parse(text)) as never, request))
      if (answer.status >= 200 && answer.status < 300) {
        done.push(request)
        if (key !== undefined) answers.set(key, answer)
      }
      return answer
    },
    refuse: (fault, _, retryAfterS) =>
      fault === 'rate-limited'
        ? { ...answerOf(429), headers: { 'retry-after': String(retryAfterS) } }
        : answerOf(fault === 'server-error' ? 500 : 401),
    ledger: () => done,
    state: () => ({ done: done.length }),
    reset: () => {
      answers.clear()
      done.length = 0
    },
  }
}

const answerOf = (answered: Answered): ProviderAnswer =>
  typeof answered === 'number'
    ? { status: answered, headers: {}, body: '{}' }
    : { status: answered.status, headers: {}, body: JSON.stringify(answered.body) }
