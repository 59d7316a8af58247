import assert from 'node:assert/strict'
import type { RequestParts } from '../../declare/target/operation.ts'
import { copyOf } from './copy.ts'
import type { Face } from './face.ts'
import { KEY } from './fixed.ts'
import { mustBe, requestIfAny, requestOf, shown } from './halves.ts'
import { TEXTS, withText } from './hostile.ts'
import { type ConnectorLaws, someOperation } from './law.ts'
import type { Stage } from './stage.ts'

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
/** `path-abempty [ "?" query ]` of RFC 3986, in which a percent sign starts an escape. */
const PATH = /^\/(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*(?:\?(?:[\w\-.~!$&'()*+,;=:@/?[\]]|%[0-9A-Fa-f]{2})*)?$/
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/ // a token of RFC 9110 section 5.6.2, in lower case
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/ // RFC 9110 section 5.5

export const requestLaws: ConnectorLaws = {
  'method and path are well formed': {
    prove: (stage) => {
      for (const face of stage.faces) {
        for (const input of face.inputs) {
          const { method, path, body } = requestOf(stage, face, input)
          assert.ok(METHODS.includes(method), `${face.place}: method ${shown(method)}`)
          assert.ok(PATH.test(path), `${face.place}: path ${shown(path)} is not an encoded path that starts with '/'`)
          assert.ok(stays(face, path), `${face.place}: path ${shown(path)} leads elsewhere when it is resolved`)
          assert.ok(method !== 'GET' || body === undefined, `${face.place}: a GET with a body`)
        }
      }
    },
  },

  'no text changes the structure of the path': {
    prove: (stage) => {
      eachHostile(stage, (face, input, parts, usual) => {
        const what = `${face.place}: ${shown(input)} makes the path ${shown(parts.path)}`
        assert.ok(PATH.test(parts.path), `${what}, which is not encoded`)
        assert.ok(stays(face, parts.path), `${what}, which leads elsewhere when it is resolved`)
        assert.deepEqual(structureOf(parts.path), structureOf(usual.path), `${what} in place of ${shown(usual.path)}`)
      })
    },
  },

  'header names are lower case, and no value leaves its line': {
    prove: (stage) => {
      const proper = (face: Face, { headers = {} }: RequestParts): void => {
        for (const [name, value] of Object.entries(headers)) {
          assert.ok(NAME.test(name), `${face.place}: header name ${shown(name)}`)
          assert.ok(VALUE.test(value), `${face.place}: header ${name} has the value ${shown(value)}`)
        }
      }
      for (const face of stage.faces) for (const input of face.inputs) proper(face, requestOf(stage, face, input))
      eachHostile(stage, (face, _, parts) => proper(face, parts))
    },
  },

  'the body is what content-type says': {
    prove: (stage) => {
      eachHostile(stage, (face, input, { headers = {}, body }, usual) => {
        if (body === undefined) return
        const type = headers['content-type'] ?? ''
        const what = `${face.place}: ${shown(input)} makes the body ${shown(body)}`
        if (type.includes('json')) assert.doesNotThrow(() => JSON.parse(body), `${what}, which is not JSON`)
        else if (type.includes('form-urlencoded')) mustBe(fieldsOf(body), fieldsOf(usual.body ?? ''), what)
        else assert.notEqual(type, '', `${face.place}: a body without content-type`)
      })
    },
  },

  'the declared key is sent: the same in each attempt, another for another effect': {
    needs: someOperation(({ operation }) => operation.spec.idempotency.by === 'header', 'no operation sends a key'),
    prove: (stage) => {
      for (const face of stage.faces) {
        const { idempotency } = face
        if (idempotency.by !== 'header' || face.batch) continue
        const name = idempotency.name.toLowerCase()
        const sent = (key: string, attempt: number): string | undefined =>
          face.request(copyOf(face.inputs[0]), stage.context({ idempotencyKey: key, attempt })).headers?.[name]
        const first = sent(KEY, 1)
        assert.ok(first !== undefined && first !== '', `${face.place}: sends no ${idempotency.name}`)
        for (const attempt of [2, 12]) {
          mustBe(sent(KEY, attempt), first, `${face.place}: ${idempotency.name} of attempt ${attempt}`)
        }
        const other = sent(`${KEY.slice(0, -1)}2`, 1)
        assert.notEqual(other, first, `${face.place}: ${idempotency.name} is ${first} for two effects`)
      }
    },
  },

  'an operation that reads is a GET, or documented as a read': {
    needs: someOperation(({ operation }) => operation.spec.idempotency.by === 'read', 'no operation reads'),
    prove: (stage) => {
      for (const face of stage.faces) {
        if (face.idempotency.by !== 'read') continue
        const { method } = requestOf(stage, face, face.inputs[0])
        const what = `${face.place}: is declared to read, and is a ${method}; say in \`reads\` where that is documented`
        assert.ok(method === 'GET' || (face.example.reads ?? '') !== '', what)
      }
    },
  },
}

/** Each request that a hostile text leads to, with that of the example's own input. */
function eachHostile(
  stage: Stage,
  look: (face: Face, input: unknown, parts: RequestParts, usual: RequestParts) => void,
): void {
  for (const face of stage.faces) {
    const usual = requestOf(stage, face, face.inputs[0])
    look(face, face.inputs[0], usual, usual)
    for (const text of TEXTS) {
      for (const input of withText(face.inputs[0], text)) {
        const parts = requestIfAny(stage, face, input)
        if (parts !== undefined) look(face, input, parts, usual)
      }
    }
  }
}

/** The path is the same after a URL parser has taken dot segments and the like out. */
function stays({ connector }: Face, path: string): boolean {
  const base = new URL(connector.baseUrl)
  const url = URL.parse(connector.baseUrl + path)
  return url?.origin === base.origin && connector.baseUrl + path === url.origin + url.pathname + url.search
}

/** How many segments the path has, which of them are empty, and the names in its query. */
function structureOf(path: string): readonly unknown[] {
  const [place = '', ...query] = path.split('?')
  return [place.split('/').map((segment) => segment === ''), [...new Set(fieldsOf(query.join('?')))]]
}

function fieldsOf(form: string): readonly string[] {
  return [...new URLSearchParams(form).keys()]
}
