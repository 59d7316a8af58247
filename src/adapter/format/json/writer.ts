import { TielineError } from '../../../core/error.ts'
import type { Writer } from '../write.ts'

/** Writes JSON, one value a line: `JSON.stringify` never breaks a line. */
export function ndjsonWriter(): Writer<unknown> {
  return Object.freeze({
    head: '',
    record: (value: unknown) => {
      const text = JSON.stringify(value) as string | undefined
      if (text === undefined) throw new TielineError('VALUE_INVALID', 'a value that JSON can hold is expected')
      return `${text}\n`
    },
    tail: '',
  })
}
