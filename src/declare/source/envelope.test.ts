import { expect, test } from 'vitest'
import { envelope } from './envelope.ts'

const contract = envelope('event', { id: 'text', 'data.object': 'object', 'data.at': 'number' })

test('what it asks for is there, whatever else is', () => {
  expect(contract.check({ id: 'a', data: { object: {}, at: 0, more: 1 }, more: 1 }).ok).toBe(true)
})

test.each([
  [null, ['id', 'data.object', 'data.at']],
  [{ id: '', data: { object: null, at: '0' } }, ['id', 'data.object', 'data.at']],
  [{ id: 'a', data: 'x' }, ['data.object', 'data.at']],
  [{ id: 'a', data: { object: [], at: 1 } }, ['data.object']],
  [Object.create({ id: 'a', data: { object: {}, at: 1 } }), ['id', 'data.object', 'data.at']],
])('%j', (value, paths) => {
  const checked = contract.check(value)
  expect(checked.ok ? [] : checked.issues.map(({ path }) => path)).toEqual(paths)
})

test('it says the same as JSON Schema and as Standard Schema', async () => {
  expect(contract.jsonSchema).toEqual({
    type: 'object',
    required: ['id', 'data'],
    properties: {
      id: { type: 'string', minLength: 1 },
      data: {
        type: 'object',
        required: ['object', 'at'],
        properties: { object: { type: 'object' }, at: { type: 'number' } },
      },
    },
  })
  const issues = (await contract.schema['~standard'].validate({ id: 'a' })).issues
  expect(issues?.map(({ path }) => path)).toEqual([
    ['data', 'object'],
    ['data', 'at'],
  ])
})
