// with-postgres.ts COMMAND ARGS…: runs a command beside a PostgreSQL of the machine's own programs: a new cluster, named by TIELINE_TEST_POSTGRES.
// Ends with the command's exit code; with 3 when PostgreSQL is not installed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { machinePrograms } from './postgres/programs.ts'
import { startPostgres } from './postgres/server.ts'

const [command = '', ...args] = process.argv.slice(2)
const programs = machinePrograms()
if (programs === undefined) {
  console.error('PostgreSQL is not installed: on Debian, `apt-get install postgresql`')
  process.exit(3)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}) // the command gets it as well, and ends first
await using server = await startPostgres({ programs })
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, TIELINE_TEST_POSTGRES: server.url },
})
const [code] = (await once(child, 'exit')) as [number | null]
process.exitCode = code ?? 1
