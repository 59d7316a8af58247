import { jsonAnswer, type Provider, type ProviderAnswer } from '../../../src/sandbox/provider.ts'
import type { Thing } from './shop.ts'

const PAGE = 2

/** A provider with every habit that the laws look at: keys whose repeat is a conflict, states, pages, batches. It has things with these ids from the start. */
export function shopModel(ids: readonly string[]): Provider<readonly string[]> {
  const things = new Map<string, Thing>(ids.map((id) => [id, { id, label: 'old' }]))
  const kept = new Map<string, unknown>()
  const effects: string[] = []

  function put(thing: Thing): { readonly id: string } {
    const written = JSON.stringify(thing)
    if (JSON.stringify(things.get(thing.id)) !== written) effects.push(written)
    things.set(thing.id, thing)
    return { id: thing.id }
  }

  function create(key: string): ProviderAnswer {
    const known = kept.get(key)
    if (known !== undefined) return jsonAnswer(409, known, { replayed: 'true' })
    effects.push(key)
    const made = { id: `made-${effects.length}` }
    kept.set(key, made)
    return jsonAnswer(201, made)
  }

  function page(after: string | null): ProviderAnswer {
    const all = [...things.values()]
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
    const shown = all.slice(from, from + PAGE)
    const next = from + PAGE < all.length ? { after: shown.at(-1)?.id } : {}
    return jsonAnswer(200, { things: shown, ...next })
  }

  return {
    name: 'shop',
    handle: ({ method, path, query, headers, body }) => {
      const sent = body.byteLength === 0 ? undefined : (JSON.parse(new TextDecoder().decode(body)) as unknown)
      const [, , id, verb] = path.split('/').map(decodeURIComponent)
      const parameters = new URLSearchParams(query)
      if (path === '/batch') {
        const { things: many } = sent as { readonly things: readonly Thing[] }
        return jsonAnswer(200, { results: many.map((one) => (one.label === 'bad' ? { error: 'bad' } : put(one))) })
      }
      if (path === '/things')
        return method === 'GET' ? page(parameters.get('after')) : create(headers['idempotency-key'] ?? '')
      if (method === 'PUT')
        return jsonAnswer(200, verb === 'check' ? { id } : put({ ...(sent as Thing), id: id ?? '' }))
      if (parameters.has('touch')) effects.push('touched')
      const found = things.get(id ?? '')
      return found === undefined ? jsonAnswer(404, {}) : jsonAnswer(200, found)
    },
    refuse: () => jsonAnswer(500, {}),
    ledger: () => effects,
    state: () => [...things.values()],
    reset: () => things.clear(),
  }
}
