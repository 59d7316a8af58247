import { TielineError, toTielineError } from '../../../core/error.ts'
import type {
  Idempotency,
  ItemOutcome,
  Operation,
  RequestContext,
  ResponseParts,
} from '../../../declare/target/operation.ts'
import { isObject, type Json, listOf, objectOf, unexpected } from '../http/json.ts'
import { type Api, call } from './call.ts'
import { innerFault } from './faults.ts'
import { noPlainReference, plainReferences } from './reference.ts'

/** One call of a composite, made by `subrequest`. */
export interface Subrequest {
  /** Its reference id. */
  readonly reference: string
  readonly call: Operation<unknown, unknown>
  readonly input: unknown
}

/** `subrequest('account', accounts.upsert, { … })`; later ones may use `referenceTo('account')`, its id. */
export function subrequest<I, O>(reference: string, operation: Operation<I, O>, input: I): Subrequest {
  return Object.freeze({ reference, call: operation as Operation<unknown, unknown>, input })
}

export interface CompositeSpec<I> {
  /** Every operation that `calls` may name: a repeat is as safe as the least safe of them. */
  readonly uses: readonly Operation<never, unknown>[]
  /** At most 25 calls, in their order. Pure. */
  readonly calls: (input: I) => readonly Subrequest[]
  /** True: all happen or none, and one that fails fails all. False: each has its own outcome. Default true. */
  readonly allOrNone?: boolean
}

/** What became of one call. Its value is what its operation gives. */
export interface Composed {
  readonly reference: string
  readonly outcome: ItemOutcome<unknown>
}

/** "up to 25 subrequests", https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm. */
const MAX_CALLS = 25
/** "letters, numbers, and underscores", …/resources_composite_subrequest_result.htm. */
const REFERENCE_ID = /^[A-Za-z]\w{0,39}$/

/** Several calls of this connector in one request and, with `allOrNone`, one transaction. */
export function compositeOf<I>(api: Api, name: string, spec: CompositeSpec<I>): Operation<I, readonly Composed[]> {
  const { calls, allOrNone = true } = spec
  const uses = spec.uses as readonly Operation<unknown, unknown>[]
  for (const { spec: used } of uses) {
    if (used.connector !== api.connector)
      throw new TielineError(
        'DECLARATION_INVALID',
        `composite ${name}: ${used.name} is an operation of another connector`,
      )
  }
  return call<I, readonly Composed[]>(api, {
    name,
    idempotency: leastSafe(uses),
    method: 'POST',
    place: () => `${api.root}/composite`,
    body: (input, context) => ({
      allOrNone,
      collateSubrequests: false, // keeps the order
      compositeRequest: checked(name, uses, calls(input)).map((one) => subrequestOf(one, context)),
    }),
    response: (response, input) => outcomesOf(response, calls(input), allOrNone),
  })
}

function leastSafe(uses: readonly Operation<unknown, unknown>[]): Idempotency {
  const unsafe = uses.find(({ spec }) => spec.idempotency.by === 'none')?.spec
  if (unsafe?.idempotency.by === 'none') return { by: 'none', why: `${unsafe.name}: ${unsafe.idempotency.why}` }
  return { by: 'state', why: 'each of its calls is' }
}

function checked(
  name: string,
  uses: readonly Operation<unknown, unknown>[],
  calls: readonly Subrequest[],
): readonly Subrequest[] {
  const wrong = (what: string): TielineError => new TielineError('REQUEST_INVALID', `composite ${name}: ${what}`)
  if (calls.length === 0 || calls.length > MAX_CALLS) throw wrong(`${calls.length} calls: use 1 to ${MAX_CALLS}`)
  calls.forEach(({ reference, call: used }, at) => {
    if (!REFERENCE_ID.test(reference))
      throw wrong(`reference id ${JSON.stringify(reference)}: use letters, digits and _, a letter first`)
    if (calls.findIndex((other) => other.reference === reference) !== at)
      throw wrong(`the reference id ${reference} is used twice`)
    if (!uses.includes(used)) throw wrong(`${used.spec.name} is not in \`uses\``)
  })
  return calls
}

function subrequestOf({ reference, call: { spec }, input }: Subrequest, context: RequestContext): Json {
  noPlainReference(input)
  const { method, path, body } = spec.request(input, context)
  const url = plainReferences(path)
  return { method, url, referenceId: reference, ...(body !== undefined && { body: JSON.parse(body) as unknown }) }
}

function outcomesOf(response: ResponseParts, calls: readonly Subrequest[], allOrNone: boolean): readonly Composed[] {
  const results = listOf(objectOf(response), 'compositeResponse')
  const outcomes = calls.map((one): Composed => {
    const result = results.find(({ referenceId }) => referenceId === one.reference)
    if (result === undefined) throw unexpected(`the answer says nothing of ${one.reference}`)
    return { reference: one.reference, outcome: outcomeOf(result, one) }
  })
  if (allOrNone) throwCause(results, outcomes)
  return outcomes
}

function outcomeOf(
  { httpStatusCode, body }: Json,
  { reference, call: { spec }, input }: Subrequest,
): ItemOutcome<unknown> {
  const status = typeof httpStatusCode === 'number' ? httpStatusCode : 0
  const text = body === null || body === undefined ? '' : JSON.stringify(body)
  try {
    if (!(status >= 200 && status < 300)) throw innerFault(status, body)
    return { as: 'done', value: spec.response({ status, headers: {}, text, json: () => body }, input) }
  } catch (thrown) {
    const { code, message, disposition, retryAfterMs } = toTielineError(thrown)
    const more = retryAfterMs === undefined ? { disposition } : { disposition, retryAfterMs }
    return { as: 'failed', error: new TielineError(code, `${reference}: ${message}`, more) }
  }
}

/** What failed by itself, not what was rolled back with it. */
function throwCause(results: readonly Json[], outcomes: readonly Composed[]): void {
  const halted = new Set(results.filter(({ body }) => isHalted(body)).map(({ referenceId }) => referenceId))
  const failed = outcomes.filter(({ outcome }) => outcome.as === 'failed')
  const cause = failed.find(({ reference }) => !halted.has(reference)) ?? failed[0]
  if (cause?.outcome.as === 'failed') throw cause.outcome.error
}

function isHalted(body: unknown): boolean {
  return Array.isArray(body) && isObject(body[0]) && body[0]['errorCode'] === 'PROCESSING_HALTED'
}
