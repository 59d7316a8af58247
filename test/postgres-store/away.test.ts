import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import { serverAccount } from '../server/account.ts'
import { needs } from '../server/needs.ts'
import { programsMissing } from '../server/postgres/programs.ts'
import { type PostgresServer, startPostgres } from '../server/postgres/server.ts'
import { startProxy } from '../server/proxy.ts'
import { claim, claims, done, drain, message, until, worldOn } from './world.ts'

let server: PostgresServer
let folder: string

/** A certificate for localhost that no one has signed. */
function certificate(): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(
    'openssl',
    [...how, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    {
      stdio: 'ignore',
    },
  )
  const { uid, gid } = serverAccount()
  if (uid !== undefined && gid !== undefined) for (const file of [folder, cert, key]) chownSync(file, uid, gid)
  return { cert, key }
}

beforeAll(async () => {
  if (programsMissing() !== undefined) return
  folder = mkdtempSync(join(tmpdir(), 'tieline-tls-'))
  const { cert, key } = certificate()
  server = await startPostgres({
    settings: { ssl: 'on', ssl_cert_file: `'${cert}'`, ssl_key_file: `'${key}'` },
  })
}, 60_000)

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('a wrong password is a mistake of the configuration, and is not repeated', async (context) => {
  needs(context, programsMissing())
  await using store = postgres(server.url.replace('tie-line', 'hunter2'))
  const error = await store.migrate().catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/password.*user, password/) })
  expect(String((error as Error).message)).not.toContain('hunter2')
})

test('TLS: a certificate that nobody has signed is refused, unless it is named', async (context) => {
  needs(context, programsMissing())
  const address = server.url.replace('127.0.0.1', 'localhost')
  await using strict = postgres(address, { schema: 'tls', ssl: true })
  await expect(strict.migrate()).rejects.toMatchObject({ message: expect.stringMatching(/self.signed certificate/) })
  await using w = await worldOn(address)
  const store = await w.store({ ssl: { ca: readFileSync(join(folder, 'cert.pem'), 'utf8') } })
  await store.accept([message('1', 'k')])
  expect(await drain(store, 1)).toEqual(['1'])
  const rows = await w.sql(
    "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'tieline:store:%'",
  )
  expect(rows).toEqual([{ ssl: true }])
  await w.sql('DROP SCHEMA store CASCADE')
})

test.each(['fast', 'immediate'] as const)(
  'the server stops (%s) and starts: what was acknowledged is there, and work goes on by itself',
  async (mode) => {
    if (programsMissing() !== undefined) return
    await using w = await worldOn(server.url)
    const store = await w.store({ schema: `away_${mode}` })
    await store.accept([message('1', 'k'), message('2', 'k')])
    const [first] = await claims(store, 1)
    const woken: string[] = []
    await using _watch = await store.watch!((flow) => void woken.push(flow))
    await server.stop(mode)
    await expect(store.accept([message('no', 'k')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(store.settle([done(first!)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await claim(store).catch(() => [])).toEqual([])
    woken.length = 0
    await server.start()
    await until('it settles', async () => {
      const settled = await store.settle([done(first!)]).catch(() => undefined)
      if (settled) expect(settled).toEqual(['ok'])
      return settled !== undefined
    })
    await until('it takes messages', () =>
      store.accept([message('3', 'k')]).then(
        () => true,
        () => false,
      ),
    )
    await until('whoever waits is woken', () => woken.length > 0)
    const ids: string[] = []
    await until('all is drained', async () => {
      const claimed = await claim(store).catch(() => [])
      if (claimed.length > 0) expect(await store.settle(claimed.map(done))).toEqual(['ok'])
      ids.push(...claimed.map((one) => one.message.id))
      return ids.length === 2
    })
    expect(ids).toEqual(['2', '3'])
  },
  60_000,
)

test('a connection that falls silent: calls end within their time, then the store works again', async () => {
  if (programsMissing() !== undefined) return
  await using proxy = await startProxy(server.port)
  await using w = await worldOn(server.url)
  const store = await w.store({ schema: 'silent' }, server.url.replace(String(server.port), String(proxy.port)))
  await store.accept([message('1', 'k')])
  const [first] = await claims(store, 1)
  proxy.stall()
  const asked = [
    store.accept([message('2', 'k')]),
    store.settle([done(first!)]),
    store.status(),
    store.extend([first!.lease], 1_000),
  ]
  for (const one of await Promise.allSettled(asked))
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } })
  await proxy.pass()
  await until('it works again', () =>
    store.accept([message('2', 'k')]).then(
      () => true,
      () => false,
    ),
  )
  // What was on its way may have arrived after all: the store knows, and everything is delivered once.
  expect(await store.settle([done(first!)])).toHaveLength(1)
  await until('all is delivered', async () => {
    await store.settle((await claim(store)).map(done))
    return (await store.status()).pending === 0
  })
  expect(await store.status()).toMatchObject({ accepted: 2, delivered: 2, leased: 0 })
}, 90_000)

test('a store whose connection is silent can be closed', async () => {
  if (programsMissing() !== undefined) return
  await using proxy = await startProxy(server.port)
  await using w = await worldOn(server.url)
  const store = await w.store({ schema: 'closing' }, server.url.replace(String(server.port), String(proxy.port)))
  await store.accept([message('1', 'k')])
  proxy.stall()
  await store[Symbol.asyncDispose]()
}, 60_000)
