import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverAccount, serverFolder } from './account.ts'
import { guard } from './guard.ts'
import { freePort } from './port.ts'

/** A PgBouncer of its own in transaction mode: a session of the server serves one transaction, then another client's. */
export interface PgBouncer extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

const SYSTEM = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']
const START_MS = 5_000

function program(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM]
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))
}

/** Undefined when it can be started; else what is missing and how to get it. */
export function pgBouncerMissing(): string | undefined {
  return program() === undefined ? 'no pgbouncer: install it, on Debian with `apt-get install pgbouncer`' : undefined
}

/**
 * @param server address of a PostgreSQL, with user and password
 * @throws {Error} when it is not installed or does not start
 */
export async function startPgBouncer(server: string): Promise<PgBouncer> {
  const path = program()
  if (path === undefined) throw new Error(pgBouncerMissing())
  const { hostname, port: serverPort, username, password } = new URL(server)
  const account = serverAccount()
  const folder = serverFolder(account)
  const port = await freePort()
  const log = join(folder, 'pgbouncer.log')
  const ini = `[databases]
* = host=${hostname} port=${serverPort} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${folder}/users.txt
pool_mode = transaction
max_client_conn = 200
default_pool_size = 20
server_login_retry = 1
logfile = ${log}
`
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${password}"\n`)
  writeFileSync(join(folder, 'pgbouncer.ini'), ini)
  const held = guard(
    'kill -TERM "$bouncer"; wait "$bouncer"',
    folder,
    [path],
    account,
    '"$2" -q "$1/pgbouncer.ini" & bouncer=$!',
  )
  for (const until = performance.now() + START_MS; performance.now() < until; await sleep(20)) {
    if (!existsSync(log) || !readFileSync(log, 'utf8').includes('process up')) continue
    const url = new URL(server)
    url.port = String(port)
    return { url: url.href, port, [Symbol.asyncDispose]: () => held.end() }
  }
  const said = existsSync(log) ? readFileSync(log, 'utf8') : 'it said nothing'
  await held.end()
  throw new Error(`pgbouncer did not start: ${said}`)
}
