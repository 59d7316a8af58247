import assert from 'node:assert/strict'
import { TielineError } from '../../core/error.ts'
import { classify } from '../../declare/fault/classify.ts'
import type { RequestContext, RequestParts } from '../../declare/target/operation.ts'
import { answerOf } from './answer.ts'
import { copyOf } from './copy.ts'
import type { Face } from './face.ts'
import { NOW_MS } from './fixed.ts'
import { mustBe, requestOf } from './halves.ts'
import { hostileInputs } from './hostile.ts'
import type { ConnectorLaws, Need } from './law.ts'
import type { Stage } from './stage.ts'

const hasSecrets: Need = ({ connector }) =>
  connector.secrets.length > 0 || connector.credential !== undefined ? undefined : 'the connector has no secret'

export const secretLaws: ConnectorLaws = {
  'only declared secrets are read, and a missing one is SECRET_MISSING': {
    needs: hasSecrets,
    prove: (stage) => {
      const { secrets } = stage.subject.connector
      for (const face of stage.faces) {
        const read = new Set<string>()
        const usual = stage.context()
        const noting = (name: string): readonly string[] => {
          read.add(name)
          return usual.secret(name)
        }
        face.request(copyOf(face.inputs[0]), { ...usual, secret: noting })
        for (const name of read) {
          assert.ok(
            secrets.includes(name),
            `${face.place}: reads ${name}, which \`secrets\` of the connector does not name`,
          )
          mustBe(codeWithout(stage, face, name), 'SECRET_MISSING', `${face.place}: without ${name}`)
        }
      }
    },
  },

  'a secret goes only where it is declared': {
    needs: hasSecrets,
    prove: (stage) => {
      const allowed = stage.subject.secretsIn ?? ['authorization']
      for (const face of stage.faces) {
        for (const [where, text] of placesOf(requestOf(stage, face, face.inputs[0]))) {
          if (allowed.includes(where)) continue
          const found = stage.secretValues.some((value) => formsOf(value).some((form) => text.includes(form)))
          assert.ok(!found, `${face.place}: a secret stands in ${where}; only ${allowed.join(', ')} may carry one`)
        }
      }
    },
  },

  'no error tells a secret': {
    needs: hasSecrets,
    prove: (stage) => {
      for (const face of stage.faces) {
        for (const input of hostileInputs(face.inputs[0]))
          silent(stage, `${face.place}: request`, () => face.request(copyOf(input), stage.context()))
        const parts = requestOf(stage, face, face.inputs[0])
        for (const status of [400, 401, 403, 500]) {
          silent(stage, `${face.place}: answer ${status}`, () => {
            throw classify(answerOf(status, echoOf(parts)), face.connector.faults, NOW_MS)
          })
        }
      }
    },
  },
}

/** The code of what the request half throws without this secret. */
function codeWithout(stage: Stage, face: Face, missing: string): string {
  const usual = stage.context()
  const secret: RequestContext['secret'] = (name) => {
    if (name === missing) throw new TielineError('SECRET_MISSING', `the secret ${name} is not set`)
    return usual.secret(name)
  }
  try {
    face.request(copyOf(face.inputs[0]), { ...usual, secret })
  } catch (thrown) {
    return thrown instanceof TielineError ? thrown.code : String(thrown)
  }
  return 'a request'
}

function placesOf({ path, headers = {}, body = '' }: RequestParts): readonly (readonly [string, string])[] {
  return [['path', path], ['body', body], ...Object.entries(headers)]
}

/** A secret as it is, as a URL has it, and as base64 at each of the three places where it may begin. */
function formsOf(value: string): readonly string[] {
  const base64 = ['', ' ', '  '].map((before) =>
    Buffer.from(before + value)
      .toString('base64')
      .slice(4, -4),
  )
  return [value, encodeURIComponent(value), ...base64]
}

/** Providers repeat in their errors what they were sent. */
function echoOf({ headers = {} }: RequestParts): string {
  const line = headers['authorization']
  return JSON.stringify({ message: line === undefined ? 'refused' : `refused: authorization: ${line}` })
}

function silent(stage: Stage, place: string, run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    const text = thrown instanceof Error ? `${thrown.message} ${thrown.stack} ${String(thrown.cause)}` : String(thrown)
    assert.ok(!stage.secretValues.some((value) => text.includes(value)), `${place}: the error tells a secret`)
  }
}
