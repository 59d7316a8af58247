import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewMessage } from '../../src/port/store.ts'

/** A folder for one test. */
export interface Folder extends Disposable {
  readonly path: string
  file(name: string): string
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'tieline-crash-'))
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

export function message(id: string, bytes = 200): NewMessage {
  const body = new Uint8Array(bytes).fill(id.charCodeAt(id.length - 1))
  return {
    source: 's',
    id,
    type: 't',
    attributes: {},
    body,
    deliveries: [{ flow: 'f', key: id.slice(-1), effect: `e-${id}` }],
  }
}
