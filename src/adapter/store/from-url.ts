import { TielineError } from '../../core/error.ts'
import type { Store } from '../../port/store.ts'

/**
 * The store that an address names: `sqlite:PATH`, `postgres://…` or `memory:`. Each is loaded only when it is named.
 * @throws {TielineError} CONFIG_INVALID
 */
export async function storeFromUrl(url: string): Promise<Store> {
  if (url === 'memory:') return (await import('./memory/index.ts')).memory()
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length)
    return (await import('./sqlite/index.ts')).sqlite(url.slice('sqlite:'.length))
  if (/^postgres(ql)?:/.test(url)) return (await import('./postgres/index.ts')).postgres(url)
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? '' // the rest of it may hold a password
  throw new TielineError(
    'CONFIG_INVALID',
    `store ${JSON.stringify(scheme)}: use sqlite:PATH, postgres://USER@HOST/DATABASE or memory:`,
  )
}
