import { execFile } from 'node:child_process'
import { appendFileSync, chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverAccount, serverFolder } from '../account.ts'
import { guard } from '../guard.ts'
import { freePort } from '../port.ts'
import { type Programs, programsMissing, serverPrograms } from './programs.ts'

/** How the sessions at hand end. `fast`: they are told. `immediate`: as in a crash; the next start recovers from the log. */
export type StopMode = 'fast' | 'immediate'

/** A PostgreSQL of its own: a new cluster in a temporary folder, on a free port of 127.0.0.1, with fsync, gone at the end. */
export interface PostgresServer extends AsyncDisposable {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string
  readonly port: number
  /** File with what it says. */
  readonly log: string
  start(): Promise<void>
  stop(mode: StopMode): Promise<void>
}

export interface ServerOptions {
  /** Default: those of the npm package, else the machine's. */
  readonly programs?: Programs
  /** Lines of `postgresql.conf`, in its own syntax for values: `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

const USER = 'tieline'
const PASSWORD = 'tie-line'
const run = promisify(execFile)

/** @throws {Error} when there is no PostgreSQL for this system, or it does not start */
export async function startPostgres({ programs, settings = {} }: ServerOptions = {}): Promise<PostgresServer> {
  const bin = programs ?? serverPrograms()
  if (bin === undefined) throw new Error(programsMissing())
  const account = serverAccount()
  const options = { ...account, cwd: '/', env: { ...process.env, LC_ALL: 'C' } }
  const folder = serverFolder(account)
  const data = join(folder, 'data')
  const log = join(folder, 'server.log')
  const control = join(bin, 'pg_ctl')
  const port = await freePort()

  try {
    const secret = join(folder, 'password')
    writeFileSync(secret, PASSWORD)
    chmodSync(secret, 0o644)
    const how = ['--no-sync', '--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${secret}`]
    await run(join(bin, 'initdb'), [`--pgdata=${data}`, ...how, '--encoding=UTF8', '--locale=C'], options)
    const lines = { listen_addresses: "'127.0.0.1'", port: String(port), unix_socket_directories: "''", ...settings }
    const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`)
    appendFileSync(join(data, 'postgresql.conf'), text.join(''))
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true })
    throw thrown
  }

  const held = guard('"$2" stop --silent --mode=immediate --pgdata="$1/data"', folder, [control], account)
  const tell = async (...words: readonly string[]): Promise<void> => {
    // Its output goes to the log: a pipe to us would stay open for as long as the server lives.
    const script = '"$0" "$@" >>"$LOG" 2>&1'
    await run('sh', ['-c', script, control, ...words, '--silent', '--wait', `--pgdata=${data}`], {
      ...options,
      env: { ...options.env, LOG: log },
    })
  }
  const server: PostgresServer = {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    log,
    start: () => tell('start', `--log=${log}`),
    stop: (mode) => tell('stop', `--mode=${mode}`),
    [Symbol.asyncDispose]: () => held.end(),
  }
  try {
    await server.start()
    return server
  } catch (thrown) {
    await held.end()
    throw thrown
  }
}
