import { expect, test } from 'vitest'
import type { Store } from '../../src/port/store.ts'
import { command, oneStep, stuck } from './child.ts'
import { fill, message } from './fill.ts'
import { everything, type Scene, scene } from './scene.ts'

const PAUSE_MS = 60_000

async function filled(store: Store, messages: number): Promise<void> {
  await fill(store)
  for (let i = 0; i < messages; i += 500)
    await store.accept(Array.from({ length: 500 }, (_, n) => message(`m${i + n}`)))
}

const pair = (at: Scene, kind: 'SQLite' | 'PostgreSQL') => {
  const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
  return kind === 'SQLite' ? ([lite, big] as const) : ([big, lite] as const)
}

test.each(['SQLite', 'PostgreSQL'] as const)(
  'a move from %s that is killed after every change ends as if it had not been',
  async (kind) => {
    await using at = await scene()
    const [from, to] = pair(at, kind)
    let before: Awaited<ReturnType<typeof everything>>
    {
      await using store = await from.store()
      await filled(store, 1_500)
      before = await everything(store)
    }
    for (const step of ['mark', 'write', 'write', 'write', 'write', 'finish', 'mark']) {
      expect(await oneStep(from, to)).toMatchObject({ stdout: `${step}\n`, stderr: '', signal: 'SIGKILL' })
      await expect(to.store(), 'half filled').rejects.toThrow(/is being filled from/)
    }
    await expect(from.store()).rejects.toThrow(/has moved to/)
    expect(await oneStep(from, to), 'the target is released').toMatchObject({ stdout: 'mark\n', signal: 'SIGKILL' })
    expect(await oneStep(from, to)).toMatchObject({ stdout: 'before\n', code: 0 })
    await using store = await to.store()
    expect(await everything(store)).toEqual(before)
  },
  PAUSE_MS,
)

test(
  'killed at any moment and run again, until it is through',
  async () => {
    await using at = await scene()
    const [from, to] = pair(at, 'SQLite')
    let before: Awaited<ReturnType<typeof everything>>
    {
      await using store = await from.store()
      await filled(store, 4_000)
      before = await everything(store)
    }
    const seed = Date.now() % 1_000
    for (let n = 0; n < 8; n++) {
      const { code, signal, stderr } = await command(from, to, [], {
        killAfterMs: 250 + ((seed * (n + 3) * 7) % 1_200),
      })
      expect(code === 0 || signal === 'SIGKILL', `seed ${seed}: ${code} ${stderr}`).toBe(true)
    }
    const last = await command(from, to, ['--json'])
    expect(last.code, last.stderr).toBe(0)
    expect(JSON.parse(last.stdout)).toMatchObject({ moved: true, works: before.length })
    await using store = await to.store()
    expect(await everything(store)).toEqual(before)
  },
  PAUSE_MS,
)

test.each(['SQLite', 'PostgreSQL'] as const)(
  'what a killed runtime on %s was working on counts as a crash',
  async (kind) => {
    await using at = await scene()
    const [from, to] = pair(at, kind)
    await using runtime = await stuck(from)
    const running = await command(from, to)
    expect(running).toMatchObject({ code: 3, stdout: '' })
    expect(running.stderr).toMatch(/STORE_LOCKED.* is in use by /)
    await runtime.kill()
    if (kind === 'PostgreSQL')
      await expect.poll(async () => (await command(from, to)).code, { timeout: 10_000 }).toBe(0)
    else expect((await command(from, to)).code).toBe(0)
    await using store = await to.store()
    expect(await everything(store)).toMatchObject([{ id: 'poison', crashes: 1, state: 'pending' }])
  },
)
