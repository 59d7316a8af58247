import { outbox } from 'tieline/outbox'
import { describe, expect, it } from 'vitest'
import { outboxTables } from '../../src/adapter/outbox/schema.ts'
import { outboxOf } from '../../src/adapter/outbox/statements.ts'
import { useScene } from './scene.ts'
import { Placed, placed } from './shop.ts'

describe('the SQL function publish', () => {
  const here = useScene()
  const error = (text: string, values: readonly unknown[] = []) =>
    here()
      .rows(text, values)
      .then(
        () => 'none',
        (thrown: Error & { code: string }) => `${thrown.code} ${thrown.message}`,
      )
  const taken = async () => {
    const messages = await here().outbox.take('app', 100)
    await here().outbox.done(
      'app',
      messages.map(({ position }) => position),
    )
    return messages
  }

  it('takes what any language writes: literals, named arguments, bytes', async () => {
    await here().rows(
      `SELECT tieline.publish('app', 'a', '{"n":1}', 'k1', 'id-1', '{"tenant":"t","time":"2026-01-01T00:00:00Z"}')`,
    )
    await here().rows(
      `SELECT tieline.publish(source => 'app', type => 'b', body => jsonb_build_object('n', 2)::text, key => 'k2')`,
    )
    await here().rows(
      `SELECT tieline.publish('app', 'c', '\\x00ff'::bytea, attributes => '{"datacontenttype":"application/octet-stream"}')`,
    )
    await here().rows(`SELECT tieline.publish('app', 'd', 'plain', NULL, NULL, '{"datacontenttype":"text/plain"}')`)
    await here().rows('SELECT tieline.publish($1, $2, $3)', ['app', 'e', '{"s":"\\u0000"}'])
    const [a, b, c, d, e, ...more] = await taken()
    expect(more).toEqual([])
    expect(a).toMatchObject({
      id: 'id-1',
      type: 'a',
      attributes: { tenant: 't', time: '2026-01-01T00:00:00Z', partitionkey: 'k1' },
    })
    expect(b?.body.toString()).toBe('{"n": 2}')
    expect(b?.attributes).toEqual({
      partitionkey: 'k2',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    expect(b?.id).toMatch(/^[0-9a-f-]{36}$/)
    expect([...(c?.body ?? [])]).toEqual([0, 255])
    expect(d?.body.toString()).toBe('plain')
    expect(e?.body.toString()).toBe('{"s":"\\u0000"}')
  })

  it.each([
    ['source', `'App', 'a', '{}'`, 'source: use 1 to 63 of a-z, 0-9, ., _ and -'],
    ['source', `NULL, 'a', '{}'`, 'source: use 1 to 63 of a-z, 0-9, ., _ and -'],
    ['type', `'app', '', '{}'`, 'type: expected text of 1 to 255 characters, no control characters'],
    ['type', `'app', repeat('x', 256), '{}'`, 'type: expected text of 1 to 255 characters, no control characters'],
    ['type', `'app', E'a\\tb', '{}'`, 'type: expected text of 1 to 255 characters, no control characters'],
    ['id', `'app', 'a', '{}', id => ''`, 'id: expected text of 1 to 1024 characters, no control characters'],
    ['id', `'app', 'a', '{}', id => E'a\\nb'`, 'id: expected text of 1 to 1024 characters, no control characters'],
    [
      'key',
      `'app', 'a', '{}', repeat('x', 513)`,
      'key: expected text of at most 512 characters, no control characters',
    ],
    ['body', `'app', 'a', NULL::bytea`, 'body is missing'],
    ['body', `'app', 'a', '{"half'`, 'body is not JSON; for other text say its type in attributes: datacontenttype'],
    ['body', `'app', 'a', repeat(' ', 1048575) || '{}'`, 'body: 1048577 bytes are more than 1048576'],
    ['attributes', `'app', 'a', '{}', attributes => '[]'`, 'attributes: expected an object of texts'],
    [
      'attributes',
      `'app', 'a', '{}', attributes => '{"n":1}'`,
      'attributes: n: expected text of at most 4096 characters, no control characters',
    ],
    ['attributes', `'app', 'a', '{}', attributes => '{"a-b":"1"}'`, "attributes: 'a-b': names have only a-z and 0-9"],
    ['attributes', `'app', 'a', '{}', attributes => '{"id":"1"}'`, 'attributes: id has a place of its own'],
  ])('names what is wrong: %s', async (_, args, message) => {
    expect(await error(`SELECT tieline.publish(${args})`)).toBe(`22023 publish: ${message}`)
    expect(await taken()).toEqual([])
  })

  it('says which sources have messages, and how old the oldest is', async () => {
    expect(await here().outbox.sources()).toEqual([])
    for (const source of ['b', 'a', 'b', 'c'])
      await here().rows('SELECT tieline.publish($1, $2, $3)', [source, 't', '{}'])
    await here().rows(`UPDATE tieline.outbox SET at = at - interval '1 hour' WHERE source = 'c'`)
    const sources = await here().outbox.sources()
    expect(sources.map(({ source }) => source)).toEqual(['a', 'b', 'c'])
    expect(sources.map(({ oldestMs }) => Math.floor(oldestMs / 3_600_000))).toEqual([0, 0, 1])
    await here().rows('DELETE FROM tieline.outbox')
  })

  it('needs no right but USAGE of the schema', () =>
    here().asRole(async (app, role) => {
      const publish = () => app.query(`SELECT tieline.publish('app', 'a', '{}')`)
      await expect(publish()).rejects.toThrow('permission denied for schema tieline')
      await here().rows(`GRANT USAGE ON SCHEMA tieline TO ${role}`)
      await publish()
      expect((await app.query(`SELECT tieline.inbox_once('h', 's', '1') AS first`)).rows).toEqual([{ first: true }])
      await expect(app.query('SELECT * FROM tieline.outbox')).rejects.toThrow('permission denied for table outbox')
      await expect(app.query(`SELECT tieline.inbox_purge('1 day')`)).rejects.toThrow(
        'permission denied for table inbox',
      )
      expect(await taken()).toHaveLength(1)
    }))
})

describe('the tables', () => {
  const here = useScene()

  it('may be made again, in any schema, while messages are there', async () => {
    await here().rows(`SELECT tieline.publish('shop', 'order.placed', '{}')`)
    await here().pool.query(outboxTables('tieline'))
    await here().rows('CREATE SCHEMA other_place')
    await here().pool.query(outboxTables('other_place'))
    expect(await here().published()).toHaveLength(1)
  })

  it('are made and used by a role that is no superuser', () =>
    here().asRole(async (owner, role) => {
      await here().rows(`CREATE SCHEMA own AUTHORIZATION ${role}`)
      await owner.query(outboxTables('own'))
      const own = outbox('shop', { schema: 'own', events: { 'order.placed': Placed } })
      await owner.query('BEGIN')
      await own.publish(owner, placed('o1'))
      await owner.query('COMMIT')
      const relayed = outboxOf('own', async (text, values) => (await owner.query(text, [...values])).rows)
      const messages = await relayed.take('shop', 10)
      expect(messages).toHaveLength(1)
      await relayed.done(
        'shop',
        messages.map(({ position }) => position),
      )
      expect(await relayed.sources()).toEqual([])
    }))
})
