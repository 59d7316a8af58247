import { expect, it } from 'vitest'
import { checkDeclarations } from '../../src/derive/check/checks.ts'
import { github, startRig } from '../serve/rig.ts'
import { flows } from './relay-world.ts'
import { shop } from './shop.ts'

it('nobody sends to an outbox over HTTP: it has no path', async () => {
  await using rig = await startRig({ endpoints: [github(), shop.endpoint] })
  expect((await rig.post('/in/shop', '{"id":"1","note":""}')).status).toBe(404)
  expect((await rig.post('/in/github', '{}')).status).toBe(401)
  expect(rig.taken).toEqual([])
})

it('it needs no secret', () => {
  expect(checkDeclarations({ flows, endpoints: [shop.endpoint] }).filter(({ rule }) => rule === 'secret-set')).toEqual(
    [],
  )
})
