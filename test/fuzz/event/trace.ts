import type { SourceEvent } from '../../../src/declare/source/source.ts'
import { withTrace } from '../../../src/serve/gateway/trace-context.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Sent {
  readonly header: string
  readonly own: string
}

const VALID = [
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like',
  '00-00000000000000000000000000000001-0000000000000001-00',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
  '',
]

export const trace: AnyTarget = target<Sent, 'agrees'>({
  name: 'trace-context',
  about: 'traceparent, of a header or an event',
  laws: {
    agrees:
      "the event's own context if it is valid, else the header's if that is, else none, as W3C Trace Context 3.2.2 reads",
  },
  make: (chance) => {
    const [header, own] = [chance.one(VALID), chance.one(VALID)]
    return {
      header: chance.once(4) ? header : mutateText(chance, header, own),
      own: chance.once(2) ? own : mutateText(chance, own, header),
    }
  },
  check({ header, own }, broken) {
    const event: SourceEvent = { id: '1', type: 't', data: null, attributes: { traceparent: own, subject: 's' } }
    const [traced] = withTrace([event], header)
    const wanted = isValid(own) ? own : isValid(header) ? header : undefined
    if (traced?.attributes['traceparent'] !== wanted)
      broken('agrees', `${traced?.attributes['traceparent']}, not ${wanted}`)
    if (traced?.attributes['subject'] !== 's') broken('agrees', 'another attribute was lost')
  },
  grow: {
    to: 16_384,
    run: (text) => withTrace([{ id: '1', type: 't', data: null, attributes: { traceparent: text } }], `cc-${text}`),
  },
})

/** Field by field, without a pattern. */
function isValid(text: string): boolean {
  const [version = '', id = '', parent = '', flags = ''] = text.split('-', 4)
  const rest = text.slice([version, id, parent, flags].join('-').length)
  if (!isHex(version, 2) || !isHex(id, 32) || !isHex(parent, 16) || !isHex(flags, 2)) return false
  if (version === 'ff' || !/[^0]/.test(id) || !/[^0]/.test(parent)) return false
  if (rest === '') return true
  return (
    version !== '00' &&
    rest.startsWith('-') &&
    rest.length <= 257 &&
    [...rest].every((character) => character > ' ' && character <= '~')
  )
}

function isHex(text: string, length: number): boolean {
  return text.length === length && [...text].every((character) => '0123456789abcdef'.includes(character))
}
