import assert from 'node:assert/strict'
import { TielineError } from '../../core/error.ts'
import { classify } from '../../declare/fault/classify.ts'
import { HTTP_FAULTS } from '../../declare/fault/http-faults.ts'
import type { FaultRow, FaultTable } from '../../declare/target/operation.ts'
import { answerOf } from './answer.ts'
import { NOW_MS } from './fixed.ts'
import { shown } from './halves.ts'
import { BODIES } from './hostile.ts'
import type { ConnectorLaws } from './law.ts'

const SHORT = 1_000 // characters; what a dead letter keeps of a message
/** What errors come with; every other body is tried with a few statuses. */
const USUAL: readonly string[] = ['', '{"message":"refused","code":"REFUSED"}', '<!doctype html><title>Error</title>']
const SPECIAL: readonly number[] = [100, 302, 400, 401, 429, 500, 503, 599]
const LONGEST_PAUSE_MS = 2_592_000_000 // 30 days, as for Retry-After

/** Retry-After in the forms of RFC 9110 section 10.2.3, and what it asks for. */
const PAUSES: readonly (readonly [value: string, ms: number])[] = [
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['1.5', 1_500],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
  ['Thu Jan  1 00:00:05 2026', 5_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
]
const NO_PAUSES: readonly string[] = ['', 'soon', '-1', '1e3', '2026-01-01T00:00:30Z']

export const classificationLaws: ConnectorLaws = {
  'every status with every body is an error of one short line': {
    prove: (stage) => {
      for (const table of stage.tables) {
        for (const status of [...statuses(100, 199), ...statuses(300, 599)]) {
          for (const body of SPECIAL.includes(status) ? BODIES : USUAL) {
            const what = `${status} with the body ${shown(body)}`
            const { message } = errorOf(table, status, body, what)
            assert.ok(
              message.length <= SHORT && !/[\r\n]/.test(message),
              `${what}: ${shown(message)} is not one short line`,
            )
          }
        }
      }
    },
  },

  'every 5xx, 429 and 408 is tried again': {
    prove: (stage) => {
      for (const table of stage.tables) {
        for (const status of [408, 429, ...statuses(500, 599)]) {
          if (named(table, status)) continue
          const { disposition } = errorOf(table, status)
          const what = `${status} stops, and no row of the fault table names it: a row for it, with its why, may say so`
          assert.equal(disposition, 'retry', what)
        }
        for (const status of [408, 429]) {
          const row = table.rows.find((one) => one.status === status && one.code === undefined)
          assert.notEqual(
            row?.means,
            'stop',
            `${status} stops (${row?.why}); it says that the same request may be sent again`,
          )
        }
      }
    },
  },

  'any other 4xx stops': {
    prove: (stage) => {
      for (const table of stage.tables) {
        for (const status of statuses(400, 499)) {
          if (named(table, status) || stage.subject.retries4xx !== undefined) continue
          const { disposition } = errorOf(table, status)
          const what = `${status} is tried again, and no row of the fault table names it; say in \`retries4xx\` where that is documented`
          assert.equal(disposition, 'stop', what)
        }
      }
    },
  },

  'a redirect is refused': {
    prove: (stage) => {
      for (const table of stage.tables) {
        for (const status of statuses(300, 399))
          assert.equal(
            errorOf(table, status).disposition,
            'stop',
            `${status}: redirects are not followed, nor tried again`,
          )
      }
    },
  },

  'every row of the fault table can be reached, and says why': {
    prove: (stage) => {
      for (const table of stage.tables) {
        assert.notEqual(table.source, '', 'the fault table does not say where it comes from')
        table.rows.forEach((row, i) => {
          const what = `row ${i + 1} of the fault table (${row.status}${row.code === undefined ? '' : ` ${row.code}`})`
          assert.ok(row.why !== '', `${what} does not say why`)
          const reached = covered(row).some((status) => firstOf(table, status, row.code) === row)
          assert.ok(reached, `${what} is hidden by a row before it, or is no error status`)
          if (row.code !== undefined) {
            const { message } = errorOf(table, covered(row)[0] ?? 0, JSON.stringify({ code: row.code }))
            assert.ok(
              message.includes(row.why),
              `${what}: no answer can have this code: one word of at most 80 characters`,
            )
          }
        })
      }
    },
  },

  'Retry-After is honoured wherever it is tried again': {
    prove: (stage) => {
      for (const table of stage.tables) {
        for (const row of table.rows) {
          if (row.means === 'stop') continue
          const status = covered(row).find((one) => firstOf(table, one, row.code) === row)
          if (status === undefined) continue
          const body = row.code === undefined ? '' : JSON.stringify({ code: row.code })
          const pause = (value: string) =>
            classify(answerOf(status, body, { 'retry-after': value }), table, NOW_MS).retryAfterMs
          for (const [value, ms] of PAUSES) assert.equal(pause(value), ms, `${status} with Retry-After: ${value}`)
          for (const value of NO_PAUSES) assert.equal(pause(value), row.afterMs, `${status} with Retry-After: ${value}`)
          const { afterMs = 0 } = row
          const fits = Number.isInteger(afterMs) && afterMs >= 0 && afterMs <= LONGEST_PAUSE_MS
          assert.ok(fits, `${status}: afterMs ${afterMs} is no whole number of milliseconds from 0 to 30 days`)
        }
      }
    },
  },

  'a 401 is a matter of the credential': {
    prove: (stage) => {
      for (const table of stage.tables) assert.equal(errorOf(table, 401).code, 'CREDENTIAL_REFUSED', '401')
    },
  },
}

function errorOf(
  table: FaultTable,
  status: number,
  body: string | Uint8Array = '',
  what = String(status),
): TielineError {
  let error: unknown
  try {
    error = classify(answerOf(status, body), table, NOW_MS)
  } catch (thrown) {
    assert.fail(`${what}: the classifier threw ${String(thrown)}`)
  }
  assert.ok(error instanceof TielineError, what)
  return error
}

/** A row for this very status decides, whatever the answer says besides. */
function named(table: FaultTable, status: number): boolean {
  const row = firstOf(table, status, undefined) ?? firstOf(HTTP_FAULTS, status, undefined)
  return row?.status === status || status === 401
}

function firstOf(table: FaultTable, status: number, code: string | undefined): FaultRow | undefined {
  return table.rows.find((row) => covered(row).includes(status) && (row.code === undefined || row.code === code))
}

/** The statuses of a row, as far as they are errors. */
function covered({ status }: FaultRow): readonly number[] {
  if (typeof status === 'number') return status >= 300 && status <= 599 ? [status] : []
  const first = Number(status[0]) * 100
  return statuses(first, first + 99)
}

function statuses(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
