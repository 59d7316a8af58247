import assert from 'node:assert/strict'
import type { TielineError } from '../../core/error.ts'
import { classify } from '../../declare/fault/classify.ts'
import { HTTP_FAULTS } from '../../declare/fault/http-faults.ts'
import type { FaultRow, FaultTable } from '../../declare/target/operation.ts'
import { answerOf, partsOf } from './answer.ts'
import { NOW_MS } from './fixed.ts'
import { mustBe, outcomeOf, shown } from './halves.ts'
import { BODIES } from './hostile.ts'
import { type ConnectorLaw, type ConnectorLaws, someOperation } from './law.ts'
import type { ConnectorSubject } from './subject.ts'

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
  'every status with every body is an error of one short line': eachTable((table, at) => {
    for (const status of [...statuses(100, 199), ...statuses(300, 599)]) {
      for (const body of SPECIAL.includes(status) ? BODIES : USUAL) {
        const { message } = errorOf(table, status, body)
        if (message.length > SHORT || /[\r\n]/.test(message))
          assert.fail(`${at}: ${status} with the body ${shown(body)} is no short line: ${shown(message)}`)
      }
    }
  }),

  'every 5xx, 429 and 408 is tried again': eachTable((table, at) => {
    for (const status of [408, 429, ...statuses(500, 599)]) {
      if (named(table, status)) continue
      const what = `${at}: ${status} stops, and no row names it: a row for it, with its why, may say so`
      assert.equal(errorOf(table, status).disposition, 'retry', what)
    }
    for (const status of [408, 429]) {
      const row = firstOf(table, status, undefined)
      const what = `${at}: ${status} stops (${row?.why}), and says itself that the request may be sent again`
      assert.ok(row?.status !== status || row.means !== 'stop', what)
    }
  }),

  'any other 4xx stops': eachTable((table, at, { retries4xx }) => {
    for (const status of statuses(400, 499)) {
      if (named(table, status) || retries4xx !== undefined) continue
      const what = `${at}: ${status} is tried again, and no row names it; say in \`retries4xx\` where that is documented`
      assert.equal(errorOf(table, status).disposition, 'stop', what)
    }
  }),

  'a redirect is refused': eachTable((table, at) => {
    for (const status of statuses(300, 399)) {
      const what = `${at}: ${status} is tried again; redirects are not followed, and the same request leads to the same`
      assert.equal(errorOf(table, status).disposition, 'stop', what)
    }
  }),

  'every row of the fault table can be reached, and says why': eachTable((table, at) => {
    assert.notEqual(table.source, '', `${at}: the source is missing`)
    table.rows.forEach((row, i) => {
      const what = `${at}: row ${i + 1} (${row.status}${row.code === undefined ? '' : ` ${row.code}`})`
      assert.ok(row.why !== '', `${what} does not say why`)
      const status = reachedBy(table, row)
      assert.ok(status !== undefined, `${what} is hidden by a row before it, or is for no error status`)
      const { message } = errorOf(table, status, bodyFor(row))
      assert.ok(message.includes(row.why), `${what}: no answer can have this code: one word of at most 80 characters`)
    })
  }),

  'Retry-After is honoured wherever it is tried again': eachTable((table, at) => {
    for (const row of table.rows) {
      const status = reachedBy(table, row)
      if (row.means === 'stop' || status === undefined) continue
      const { afterMs = 0 } = row
      const fits = Number.isInteger(afterMs) && afterMs >= 0 && afterMs <= LONGEST_PAUSE_MS
      assert.ok(fits, `${at}: ${status}: afterMs ${afterMs} is no whole number of milliseconds from 0 to 30 days`)
      for (const [value, ms] of [...PAUSES, ...NO_PAUSES.map((none) => [none, row.afterMs] as const)]) {
        const answer = answerOf(status, bodyFor(row), { 'retry-after': value })
        mustBe(classify(answer, table, NOW_MS).retryAfterMs, ms, `${at}: ${status} with Retry-After: ${value}`)
      }
    }
  }),

  'no 401, 408, 429 or 5xx says that the effect is there already': {
    needs: someOperation(
      ({ operation }) => operation.spec.repeated !== undefined,
      'no operation knows a repeat by its answer',
    ),
    prove: ({ faces }) => {
      for (const { place, repeated } of faces) {
        for (const status of repeated === undefined ? [] : statuses(300, 599)) {
          for (const body of SPECIAL.includes(status) ? BODIES : USUAL) {
            const what = `${status} with the body ${shown(body)}`
            const told = partsOf(answerOf(status, body, { location: 'https://provider.example/things/1' }))
            const outcome = outcomeOf(
              `${place}: repeated`,
              () => what,
              () => repeated?.(told),
            )
            assert.ok('value' in outcome, `${place}: repeated: threw, given ${what}`)
            const never = status === 401 || status === 408 || status === 429 || status >= 500
            assert.ok(!never || outcome.value !== true, `${place}: ${what} is taken for a repeat, and nothing is there`)
          }
        }
      }
    },
  },

  'a 401 is a matter of the credential': eachTable((table, at) =>
    mustBe(errorOf(table, 401).code, 'CREDENTIAL_REFUSED', `${at}: 401`),
  ),
}

function eachTable(prove: (table: FaultTable, at: string, subject: ConnectorSubject) => void): ConnectorLaw {
  return {
    prove: ({ tables, subject }) => {
      for (const table of tables) prove(table, `${subject.connector.name} faults`, subject)
    },
  }
}

function errorOf(table: FaultTable, status: number, body: string | Uint8Array = ''): TielineError {
  try {
    return classify(answerOf(status, body), table, NOW_MS)
  } catch (thrown) {
    assert.fail(`${status} with the body ${shown(body)}: the classifier threw ${String(thrown)}`)
  }
}

/** An answer that says the code of the row. */
function bodyFor({ code }: FaultRow): string {
  return code === undefined ? '' : JSON.stringify({ code })
}

/** A status for which the row decides. */
function reachedBy(table: FaultTable, row: FaultRow): number | undefined {
  return covered(row).find((status) => firstOf(table, status, row.code) === row)
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
