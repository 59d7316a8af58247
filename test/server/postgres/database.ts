import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** A database for one test file or one test; dropped with the sessions in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly name: string
}

/**
 * Makes a database on the server that TIELINE_TEST_POSTGRES names, else on the one that this test run starts for itself.
 * @throws {Error} when that server cannot be reached, or does not let us
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  const name = `tieline_test_${randomBytes(6).toString('hex')}`
  await administer(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    [Symbol.asyncDispose]: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

/** The server that this test run shares: nothing in it may be changed but one's own databases and roles. */
export async function serverUrl(): Promise<string> {
  const named = process.env['TIELINE_TEST_POSTGRES']
  if (named !== undefined) return named
  const answer = await fetch(inject('postgresDesk'))
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}
