import type { Provider, ProviderAnswer, ProviderContext, ProviderRequest } from '../../sandbox/provider.ts'

/** What may go wrong with one call; the first is nothing. */
export const HTTP_FAULTS = [
  '',
  'request lost, no answer',
  'effect, no answer',
  'cut before the effect',
  'effect, then cut',
  'answers 500',
  'effect, then 500',
  'answers 429',
  'answers late',
  'answers 401',
] as const
export type HttpFault = (typeof HTTP_FAULTS)[number]

/** Longer than a lease. */
export const LATE_MS = 12_000
const RETRY_AFTER_S = 7

/** What comes back; undefined where the connection is cut. */
export function answerOf(
  provider: Provider<unknown>,
  fault: HttpFault,
  request: ProviderRequest,
  context: ProviderContext,
): ProviderAnswer | undefined {
  switch (fault) {
    case 'request lost, no answer':
    case 'cut before the effect':
      return undefined
    case 'answers 500':
      return provider.refuse('server-error', context, 0)
    case 'answers 401':
      return provider.refuse('expired-token', context, 0)
    case 'answers 429':
      return provider.refuse('rate-limited', context, RETRY_AFTER_S)
    case 'effect, then cut':
    case 'effect, no answer':
      provider.handle(request, context)
      return undefined
    case 'effect, then 500':
      provider.handle(request, context)
      return provider.refuse('server-error', context, 0)
    case 'answers late':
    case '':
      return provider.handle(request, context)
  }
}
