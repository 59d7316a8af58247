import { TielineError } from '../../core/error.ts'
import type { Controls } from '../server/control.ts'
import type { Salesforce } from './salesforce.ts'

/**
 * Controls of this server alone.
 *
 * | request | does |
 * | --- | --- |
 * | `POST /_sandbox/lock` | `{record, times?}`: the next so many writes of the record (its id, or an external id) answer UNABLE_TO_LOCK_ROW |
 */
export function salesforceControls(org: Salesforce): Controls {
  return {
    'POST /_sandbox/lock': (body) => {
      const { record, times = 1 } = (body ?? {}) as { readonly record?: unknown; readonly times?: unknown }
      if (typeof record !== 'string' || record === '')
        throw new TielineError('REQUEST_INVALID', 'record: expected the id or an external id of a record')
      if (typeof times !== 'number' || !Number.isInteger(times) || times < 1)
        throw new TielineError('REQUEST_INVALID', 'times: expected a whole number, 1 or more')
      org.lock(record, times)
      return {}
    },
  }
}
