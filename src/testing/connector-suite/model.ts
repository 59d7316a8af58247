import type { HttpRequest } from '../../port/http.ts'
import type { Provider } from '../../sandbox/provider.ts'
import { idSource, seededRandom } from '../../sandbox/seeded-random.ts'
import { answerOf } from './answer.ts'
import { NOW_MS } from './fixed.ts'
import type { ProviderUnderTest } from './subject.ts'

/** A model of the sandbox as a provider to prove a connector on: `modelProvider(crm(), (ledger) => ledger.effects)`. */
export function modelProvider<Ledger>(
  model: Provider<Ledger>,
  effects: (ledger: Ledger) => readonly unknown[],
): ProviderUnderTest {
  const nextId = idSource(seededRandom(1))
  let nowMs = NOW_MS
  return {
    answers: ({ method, url, headers, body = '' }: HttpRequest) => {
      const { pathname: path, search } = new URL(url)
      nowMs += 1 // no two requests in one millisecond
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      const answer = model.handle({ method, path, query: search.slice(1), headers, body: bytes }, { nowMs, nextId })
      return answerOf(answer.status, answer.body, answer.headers)
    },
    effects: () => effects(model.ledger()),
  }
}
