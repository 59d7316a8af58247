import type { ProviderAnswer } from '../provider.ts'
import { type Call, prefers } from './call.ts'
import { job, submitted } from './job.ts'
import { get, list } from './read.ts'
import { invalid, Refusal } from './refusal.ts'
import { suiteQl } from './suiteql/query.ts'
import { transform } from './transform.ts'
import { create, remove, update, upsert } from './write.ts'

/** @throws {Refusal} */
export function answerCall(call: Call): ProviderAnswer {
  const { request } = call
  const parts = request.path.split('/').slice(1).map(decoded)
  const [services, rest, service, version, ...more] = parts
  if (services === 'services' && rest === 'rest' && version === 'v1') {
    if (service === 'async' && more[0] === 'job' && request.method === 'GET') return job(call, more.slice(1))
    if (service === 'query' && more.join('/') === 'suiteql' && request.method === 'POST') return suiteQl(call)
    if (service === 'record') {
      const run = (): ProviderAnswer => record(call, more)
      return prefers(call, 'respond-async') ? submitted(call, run) : run()
    }
  }
  throw new Refusal(404, 'NONEXISTENT_ID', `No resource ${request.method} ${request.path.slice(0, 200)}`)
}

function record(call: Call, parts: readonly string[]): ProviderAnswer {
  const { method } = call.request
  const [type = '', place, verb, to, ...more] = parts
  if (more.length > 0) throw invalid('The request URL is not understood.')
  if (place === undefined) {
    if (method === 'POST') return create(call, type)
    if (method === 'GET') return list(call, type)
  } else if (verb === undefined) {
    if (method === 'GET') return get(call, type, place)
    if (method === 'PUT') return upsert(call, type, place)
    if (method === 'PATCH') return update(call, type, place)
    if (method === 'DELETE') return remove(call, type, place)
  } else if (verb === '!transform' && method === 'POST') return transform(call, type, place, to ?? '')
  throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed here.`)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('The request URL has a broken percent-escape.')
  }
}
