import type { Tokens } from '../../port/tokens.ts'
import type { TokensOptions } from './tokens.ts'

/** The tokens of a runtime, whose libraries are loaded when a connector first asks for one: starting must be quick. */
export function tokensWhenNeeded(options: TokensOptions): Tokens & AsyncDisposable {
  let loading: Promise<Tokens & AsyncDisposable> | undefined
  const load = async (): Promise<Tokens & AsyncDisposable> => (await import('./tokens.ts')).createTokens(options)
  const loaded = (): Promise<Tokens & AsyncDisposable> => {
    loading ??= load()
    return loading
  }
  return {
    get: async (connector) => (await loaded()).get(connector),
    refused: (connector, token) => void loading?.then((tokens) => tokens.refused(connector, token)),
    clear: async (connector) => (await loaded()).clear(connector),
    [Symbol.asyncDispose]: async () => (await loading)?.[Symbol.asyncDispose](),
  }
}
