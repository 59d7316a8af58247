import { createRequire } from 'node:module'

/** Of a peer that is installed here. */
export const versionOf = (name: string): string =>
  (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version
