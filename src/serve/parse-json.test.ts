import { expect, it } from 'vitest'
import { parseJson } from './parse-json.ts'

const told = (text: string): string => {
  try {
    return `taken: ${JSON.stringify(parseJson(Buffer.from(text), 8))}`
  } catch (thrown) {
    return (thrown as Error).message
  }
}

it.each([
  ['{"a":1', 'the body is not JSON: it goes wrong at position 6'],
  ['{"a":1]', 'the body is not JSON: it goes wrong at position 6'],
  ['', 'the body is not JSON: it ends too early'],
  ['{"a":', 'the body is not JSON: it ends too early'],
])('says where: %s', (text, message) => expect(told(text)).toBe(message))

it('does not take a place from the text itself', () => {
  expect(told('position 91')).toBe('the body is not JSON')
  expect(told('[at position 91]')).toBe('the body is not JSON')
})
