import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { begin, ended, fixture, folder, said, tieline } from './spawn.ts'

const config = (port = 0, part = ''): string =>
  `import { fixtureApp } from ${fixture('app.ts')}\n${part}\nexport default fixtureApp({ flows: [], port: ${port} })\n`

describe('start', () => {
  test('says when it is ready, and drains at SIGTERM', async () => {
    await using files = await folder({ 'tieline.config.ts': config() })
    const child = begin(['start'], { cwd: files.path })
    const end = ended(child)
    const line = await said(child, 'ready in ')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ''
    expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('here')
    child.kill('SIGTERM')
    expect(await end).toMatchObject({ code: 0, stderr: 'SIGTERM: draining; once more to exit at once\ndrained\n' })
  })

  test('with --json, one document', async () => {
    await using files = await folder({ 'tieline.config.ts': config() })
    const child = begin(['start', '--json'], { cwd: files.path })
    const end = ended(child)
    await said(child, '"ready":true')
    child.kill('SIGINT')
    const { code, stdout } = await end
    expect(JSON.parse(stdout)).toMatchObject({ ready: true, pid: child.pid, ms: expect.any(Number) })
    expect(code).toBe(0)
  })

  test('a second signal ends it at once', async () => {
    const endless = config().replace('export default fixtureApp(', 'const app = fixtureApp(')
    const text = `${endless}\nexport default { ...app, stop: () => new Promise(() => {}) }\n`
    await using files = await folder({ 'tieline.config.ts': text })
    const child = begin(['start'], { cwd: files.path })
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    await said(child, 'ready in ')
    child.kill('SIGTERM')
    await said(child, 'draining')
    child.kill('SIGTERM')
    expect(await ended).toBe('SIGTERM')
  })

  test('a port in use is 3, with what to do', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    await using files = await folder({ 'tieline.config.ts': config(port) })
    const { code, stderr } = await tieline(['start'], { cwd: files.path })
    other.close()
    expect(stderr).toContain(`127.0.0.1:${port} is in use`)
    expect(stderr).toContain('TIELINE_PORT')
    expect(code).toBe(3)
  })

  test('a store that cannot be opened is 3, with its code', async () => {
    const text = `import { TielineError } from ${fixture('../../../src/core/error.ts')}\n${config()
      .replace('export default fixtureApp(', 'const app = fixtureApp(')
      .concat(
        "export default { ...app, start: () => { throw new TielineError('STORE_LOCKED', 'held by process 7') } }\n",
      )}`
    await using files = await folder({ 'tieline.config.ts': text })
    const { code, stdout } = await tieline(['start', '--json'], { cwd: files.path })
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'STORE_LOCKED',
      advice: expect.stringContaining('Stop the other'),
    })
    expect(code).toBe(3)
  })
})

describe('dev', () => {
  test('a save restarts, a broken save leaves the former one at work', async () => {
    await using files = await folder({ 'tieline.config.ts': config(0, "import './part.ts'"), 'part.ts': 'export {}\n' })
    const part = join(files.path, 'part.ts')
    const child = begin(['dev'], { cwd: files.path })
    const end = ended(child)
    const first = /http:\S+/.exec(await said(child, ' flows'))?.[0] ?? ''
    const told = said(child, 'the former one goes on')
    await writeFile(part, 'enum X { A }\n')
    expect(await told).toContain('part.ts:1:1: TypeScript enum')
    expect((await fetch(first, { headers: { connection: 'close' } })).status).toBe(200)
    const again = said(child, ' flows')
    await writeFile(part, 'export const mended = 1\n')
    expect(/http:\S+/.exec(await again)?.[0]).not.toBe(first)
    await expect(fetch(first)).rejects.toThrow()
    child.kill('SIGTERM')
    expect((await end).code).toBe(0)
  })

  test('says that this is development', async () => {
    const writes = "import { writeFileSync } from 'node:fs'\nwriteFileSync('env.txt', String(process.env.TIELINE_ENV))"
    await using files = await folder({ 'tieline.config.ts': config(0, writes) })
    const child = begin(['dev', '--json'], { cwd: files.path })
    const end = ended(child)
    await said(child, '"ready":true')
    child.kill('SIGTERM')
    expect(JSON.parse((await end).stdout)).toMatchObject({ ready: true })
    expect(await readFile(join(files.path, 'env.txt'), 'utf8')).toBe('development')
  })

  test('--sandbox gives its addresses to the configuration, and ends with it', async () => {
    const writes =
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('env.txt', JSON.stringify(Object.entries(process.env)))"
    await using files = await folder({ 'tieline.config.ts': config(0, writes) })
    const child = begin(['dev', '--sandbox', '--sandbox-port', '0'], { cwd: files.path })
    const end = ended(child)
    await said(child, 'ready in ')
    const env = JSON.parse(await readFile(join(files.path, 'env.txt'), 'utf8')) as readonly [string, string][]
    const given = env.filter(([name]) => /^SANDBOX_\w+_URL$/.test(name))
    expect(given.map(([name]) => name.slice('SANDBOX_'.length, -'_URL'.length)).sort()).toEqual([
      'APP',
      'CRM',
      'NETSUITE',
      'PAYMENTS',
      'SALESFORCE',
    ])
    for (const [, url] of given)
      expect((await fetch(`${url}/_sandbox/ledger`, { headers: { connection: 'close' } })).status).toBe(200)
    child.kill('SIGTERM')
    expect((await end).code).toBe(0)
    for (const [, url] of given) await expect(fetch(url)).rejects.toThrow()
  })

  test('a file that never loaded is 3', async () => {
    await using files = await folder({ 'tieline.config.ts': 'export default {}\n' })
    const { code, stderr } = await tieline(['dev'], { cwd: files.path })
    expect(stderr).toContain('not what tieline({ … }) gives')
    expect(code).toBe(3)
  })
})

test('migrate opens the store, makes its tables and closes it', async () => {
  const store = `const store = { traits: { name: 'fixture' }, migrate: async () => console.error('made'), [Symbol.asyncDispose]: async () => console.error('closed') }`
  const text = config(0, store).replace('{ flows: [],', '{ flows: [], openStore: async () => store,')
  await using files = await folder({ 'tieline.config.ts': text })
  const { code, stdout, stderr } = await tieline(['migrate', '--json'], { cwd: files.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'made\nclosed\n' })
  expect(JSON.parse(stdout)).toEqual({ migrated: true, store: 'fixture' })
})
