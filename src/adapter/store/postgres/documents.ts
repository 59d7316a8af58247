import type { Document, DocumentChange, Settled } from '../../../port/store.ts'
import type { Line } from './line.ts'
import { NOW } from './migrations.ts'

/** Versioned documents; one that has expired counts as missing, but its version still grows. */
export class Documents {
  readonly #line: Line
  readonly #schema: string

  constructor(line: Line, schema: string) {
    this.#line = line
    this.#schema = schema
  }

  async read(keys: readonly string[]): Promise<Document[]> {
    const { rows } = await this.#line.run(
      `SELECT d.key, d.version, d.body, d.expires FROM unnest($1::text[]) WITH ORDINALITY AS x(key, n) JOIN ${this.#schema}.doc d ON d.key = x.key
        WHERE d.expires IS NULL OR d.expires > ${NOW} ORDER BY x.n`,
      [keys],
    )
    return rows.map(({ key, version, body, expires }) =>
      Object.freeze(expires === null ? { key, version, body } : { key, version, body, expiresAtMs: expires }),
    )
  }

  async write(changes: readonly DocumentChange[]): Promise<Settled[]> {
    const results = await this.#line.transaction(changes.map((change) => this.#step(change)))
    return results.map((result) => ((result.rowCount ?? 0) > 0 ? 'ok' : 'stale'))
  }

  #step({ key, expected, body, expiresInMs }: DocumentChange) {
    const expires = expiresInMs === undefined ? null : Math.ceil(expiresInMs)
    const live = `(d.expires IS NULL OR d.expires > ${NOW})`
    if (body === null) {
      const text = `DELETE FROM ${this.#schema}.doc d WHERE d.key = $1 AND d.version = $2 AND ${live}`
      return [{ name: 'tl_doc_drop', text }, [key, expected]] as const
    }
    if (expected === 0) {
      const text = `INSERT INTO ${this.#schema}.doc AS d VALUES ($1, 1, $2, ${NOW} + $3::bigint) ON CONFLICT (key) DO UPDATE
        SET version = d.version + 1, body = excluded.body, expires = excluded.expires WHERE NOT ${live}`
      return [{ name: 'tl_doc_new', text }, [key, body, expires]] as const
    }
    const text = `UPDATE ${this.#schema}.doc d SET version = d.version + 1, body = $3, expires = ${NOW} + $4::bigint
      WHERE d.key = $1 AND d.version = $2 AND ${live}`
    return [{ name: 'tl_doc_put', text }, [key, expected, body, expires]] as const
  }
}
