import { type Failure, failureOf, failureText } from '../failure.ts'
import { paint } from '../terminal/paint.ts'
import { type Run, startRun } from './run.ts'
import { createWatcher } from './watch.ts'
import type { FromRunner } from './words.ts'

export type Ready = FromRunner & { readonly say: 'ready' }

export interface ReloadOptions {
  /** Absolute path. */
  readonly config: string
  readonly env: NodeJS.ProcessEnv
  /** A run is ready; `ms` since its process began. */
  readonly ready: (ready: Ready, ms: number) => void
  readonly tell: (line: string) => void
}

/**
 * Keeps one process running with the newest configuration that can be loaded. The next process loads while the present one works; only
 * when it has loaded is the present one drained, and then it starts: both need the same port and the same store file.
 *
 * | a change gives          | the present process | the next one           |
 * | ----------------------- | ------------------- | ---------------------- |
 * | a file with a mistake   | goes on             | says so and ends       |
 * | a file that loads       | drains and ends     | starts                 |
 * | another change meanwhile| goes on             | is ended; a third loads|
 */
export interface Reloader {
  /** Loads and starts the first. @throws {Failure} when that fails */
  begin(): Promise<void>
  stop(): Promise<void>
}

export function createReloader({ config, env, ready, tell }: ReloadOptions): Reloader {
  let present: Run | undefined
  let loading: Run | undefined
  let turning = Promise.resolve()
  const files = new Set([config])
  const watcher = createWatcher((file) => {
    tell(paint.dim(`${file} changed`))
    loading?.kill()
    turning = turning.then(reload)
  })

  async function reload(): Promise<void> {
    const failure = await turn()
    if (failure !== undefined)
      tell(failureText(failure) + (present === undefined ? '' : `\n${paint.dim('the former one goes on')}`))
  }

  /** One round of the table above. */
  async function turn(): Promise<Failure | undefined> {
    const began = performance.now()
    const next = startRun(config, env)
    loading = next
    const loaded = await next.hear()
    loading = undefined
    if (loaded?.say === 'failed' || loaded?.say === 'loaded') follow(loaded.files)
    if (loaded?.say === 'failed') return loaded.failure
    if (loaded?.say !== 'loaded') return undefined // ended by a newer change
    await end()
    present = next
    next.tell({ say: 'start' })
    const started = await next.hear()
    if (started?.say === 'ready') {
      ready(started, Math.round(performance.now() - began))
      void next.ended.then((code) => gone(next, code))
      return undefined
    }
    present = undefined
    return started?.say === 'failed' ? started.failure : failureOf(new Error('the process ended before it was ready'))
  }

  function follow(found: readonly string[]): void {
    for (const file of found) files.add(file)
    watcher.follow(files)
  }

  function gone(run: Run, code: number | string): void {
    if (present !== run) return
    present = undefined
    tell(paint.bad(`the process ended (${code}); it starts again after the next change`))
  }

  async function end(): Promise<void> {
    const run = present
    present = undefined
    run?.tell({ say: 'stop' })
    await run?.ended
  }

  return {
    begin: async () => {
      const failure = await turn()
      if (failure !== undefined) throw failure
    },
    stop: async () => {
      watcher.close()
      loading?.kill()
      await turning
      await end()
    },
  }
}
