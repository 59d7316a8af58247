import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { TielineError } from '../../core/error.ts'

const NAMES = ['tieline.config.ts', 'tieline.config.mts', 'tieline.config.js', 'tieline.config.mjs'] as const

/**
 * The absolute path of the configuration file: the one that is named, else the first of the default names in the working folder.
 * @throws {TielineError} CONFIG_INVALID when there is none.
 */
export function findConfig(named: string | undefined, folder: string = process.cwd()): string {
  const files = (named === undefined ? NAMES : [named]).map((name) => resolve(folder, name))
  const found = files.find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new TielineError('CONFIG_INVALID', `no configuration file ${named ?? NAMES[0]} in ${folder}`, {
    cause: {
      kind: 'mistake',
      file: files[0],
      message: 'there is no such file',
      advice: 'Name the file with --config, or run tieline in the folder that holds tieline.config.ts.',
    },
  })
}
