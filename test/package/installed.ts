import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** What the checkout has installed. */
export const MODULES: string = join(ROOT, 'node_modules')
const run = promisify(execFile)

/** How this machine reaches a registry. */
const WAYS = ['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy']

/** The pinned Node before any other, for npm as for what it starts; nothing else of this environment. */
export const ENV: Readonly<Record<string, string>> = {
  HOME: process.env['HOME'] ?? '',
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  ...Object.fromEntries(WAYS.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
}

/** A tarball of the package, made from a copy so that the checkout's `dist` stays as it is. */
export interface Packed {
  readonly tarball: string
  /** Paths of its files. */
  readonly files: readonly string[]
}

export function temporary(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'tieline-package-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** `npm pack`, with the build that goes before it. */
export async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, 'copy')
  const parts = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'tsconfig.json', 'tsconfig.build.json', 'src']
  for (const part of parts) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(MODULES, join(copy, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: copy, env: ENV })
  // What the build says stands before it.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [
    { filename: string; files: { path: string }[] },
  ]
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) }
}

const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/

/** A new project with the tarball installed. Answers why not, when its dependencies cannot be fetched. */
export async function install({ tarball }: Packed, project: string): Promise<string | undefined> {
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}')
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0', '--fetch-timeout=20000']
  try {
    await run('npm', ['install', ...options, tarball], { cwd: project, env: ENV })
    return undefined
  } catch (thrown) {
    const found = UNREACHABLE.exec(thrown instanceof Error ? thrown.message : '')
    if (found === null || process.env['CI'] !== undefined) throw thrown
    return `the npm registry cannot be reached (${found[0]})`
  }
}
