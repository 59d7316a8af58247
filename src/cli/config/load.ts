import { pathToFileURL } from 'node:url'
import type { App } from '../../app.ts'
import { TielineError } from '../../core/error.ts'
import { explain } from './explain.ts'
import { findConfig } from './find.ts'
import type { Mistake } from './mistake.ts'
import { placeOf } from './place.ts'

/** What a configuration file gives: an app, or what is wrong with the file. */
export type Loaded =
  | { readonly as: 'app'; readonly file: string; readonly app: App }
  | { readonly as: 'mistake'; readonly file: string; readonly mistake: Mistake }

const PATIENCE_MS = 5_000 // a file that declares is read in milliseconds

/** Runs a configuration file and takes its default export. Does not throw for a mistake in the file. */
export async function loadConfig(named: string | undefined): Promise<Loaded> {
  const file = findConfig(named)
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 50 // the person's line may stand under many of ours
  const waiting = setTimeout(() => process.stderr.write(stillLoading(file)), PATIENCE_MS)
  try {
    const exported: unknown = await import(pathToFileURL(file).href)
    return taken(file, exported as Readonly<Record<string, unknown>>)
  } catch (thrown) {
    return { as: 'mistake', file, mistake: await explain(file, thrown) }
  } finally {
    clearTimeout(waiting)
    Error.stackTraceLimit = limit
  }
}

/**
 * The app of a configuration file.
 * @throws {TielineError} CONFIG_INVALID with the mistake as its cause.
 */
export async function loadApp(named: string | undefined): Promise<{ readonly file: string; readonly app: App }> {
  const loaded = await loadConfig(named)
  if (loaded.as === 'app') return loaded
  throw new TielineError('CONFIG_INVALID', loaded.mistake.message, { cause: loaded.mistake })
}

function taken(file: string, exported: Readonly<Record<string, unknown>>): Loaded {
  const app = exported['default']
  if (isApp(app)) return { as: 'app', file, app }
  const place = placeOf(file, /^\s*export\s+default\b|^\s*export\s*\{.*\bdefault\b/) ?? placeOf(file, /./)
  const message =
    app === undefined ? 'the file has no default export' : 'the default export is not what tieline({ … }) gives'
  const advice = 'Write: export default tieline({ store, flows: [ … ] })'
  return { as: 'mistake', file, mistake: { kind: 'mistake', file, ...place, message, advice } }
}

/** By shape, not by class: the file may use another copy of the package than the command. */
function isApp(value: unknown): value is App {
  if (typeof value !== 'object' || value === null) return false
  const { declaration, start, stop } = value as Partial<Record<keyof App, unknown>>
  return typeof declaration === 'object' && typeof start === 'function' && typeof stop === 'function'
}

const stillLoading = (file: string): string =>
  `${file} has not finished loading after ${PATIENCE_MS / 1_000} s. It should only declare: no app.run(), no app.start().\n`
