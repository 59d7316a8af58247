import type { ProviderAnswer } from '../provider.ts'
import { type Call, type Fields, transaction } from './org.ts'
import { fieldsIn } from './record.ts'
import { malformed } from './refusal.ts'

const MOST = 25

interface Result {
  readonly body: unknown
  readonly httpHeaders: Fields
  readonly httpStatusCode: number
  readonly referenceId: string
}

class RolledBack extends Error {
  readonly results: readonly Result[]

  constructor(results: readonly Result[]) {
    super('rolled back')
    this.results = results
  }
}

/** Subrequests in their order, each answered by `answer`; with `allOrNone` in one transaction. */
export function runComposite(
  call: Call,
  answer: (call: Call, method: string, path: string) => ProviderAnswer,
): { readonly compositeResponse: readonly Result[] } {
  const { compositeRequest, allOrNone = false } = fieldsIn(call.body)
  if (!Array.isArray(compositeRequest) || compositeRequest.length === 0)
    throw malformed('compositeRequest must be a filled array')
  if (compositeRequest.length > MOST) throw malformed(`at most ${MOST} subrequests`)
  const requests = compositeRequest.map(fieldsIn)
  const ids = requests.map(({ referenceId }) => referenceId)
  if (!ids.every((id) => typeof id === 'string' && /^\w+$/.test(id)) || new Set(ids).size !== ids.length)
    throw malformed('each subrequest needs a referenceId of its own, of letters, digits and _')
  const perform = (): readonly Result[] => {
    const results: Result[] = []
    for (const request of requests) results.push(one(call, request, results, answer))
    const failed = results.filter(isFailed)
    if (allOrNone !== true || failed.length === 0) return results
    const [cause] = failed
    throw new RolledBack(results.map((result) => (result === cause ? result : halted(result.referenceId, ROLLED_BACK))))
  }
  try {
    return { compositeResponse: transaction(call.org, perform) }
  } catch (thrown) {
    if (thrown instanceof RolledBack) return { compositeResponse: thrown.results }
    throw thrown
  }
}

const ROLLED_BACK = 'The transaction was rolled back since another operation in the same transaction failed.'

function one(
  call: Call,
  request: Fields,
  earlier: readonly Result[],
  answer: (call: Call, method: string, path: string) => ProviderAnswer,
): Result {
  const referenceId = String(request['referenceId'])
  let unknown: string | undefined
  const filled = (text: string): string =>
    text.replace(/@\{(\w+)\.([\w.[\]]+)\}/g, (whole, id: string, place: string) => {
      const value = valueAt(earlier.find((result) => result.referenceId === id && !isFailed(result))?.body, place)
      if (value === undefined) unknown = whole
      return String(value)
    })
  const url = filled(String(request['url']))
  const body = request['body'] === undefined ? undefined : mapped(request['body'], filled)
  if (unknown !== undefined) return halted(referenceId, `Invalid reference specified. No value for ${unknown}`)
  const [path = '', query = ''] = url.split('?')
  const sub = { ...call, body, query: new URLSearchParams(query) }
  const { status, headers, body: text } = answer(sub, String(request['method']), path)
  const location = headers['location']
  return {
    body: text === '' ? null : (JSON.parse(text) as unknown),
    httpHeaders: location === undefined ? {} : { Location: location },
    httpStatusCode: status,
    referenceId,
  }
}

const isFailed = ({ httpStatusCode }: Result): boolean => httpStatusCode >= 300

const halted = (referenceId: string, message: string): Result => ({
  body: [{ errorCode: 'PROCESSING_HALTED', message }],
  httpHeaders: {},
  httpStatusCode: 400,
  referenceId,
})

function valueAt(body: unknown, place: string): unknown {
  const steps = place.split(/[.[\]]+/).filter((step) => step !== '')
  return steps.reduce<unknown>((value, step) => (value as Fields | null | undefined)?.[step], body)
}

function mapped(value: unknown, filled: (text: string) => string): unknown {
  if (typeof value === 'string') return filled(value)
  if (Array.isArray(value)) return value.map((inner) => mapped(inner, filled))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, filled)]))
}
