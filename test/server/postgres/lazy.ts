// Vitest's global setup: one PostgreSQL for all test files of a run, started when the first of them asks for it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgres } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers the address of the server of this run. */
    readonly postgresDesk: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<PostgresServer> | undefined
  const desk = createServer(async (_request, response) => {
    try {
      started ??= startPostgres()
      response.end((await started).url)
    } catch (thrown) {
      response.writeHead(500).end(String(thrown))
    }
  })
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve))
  project.provide('postgresDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`)
  return async () => {
    desk.close()
    await (await started?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
}
