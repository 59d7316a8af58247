import assert from 'node:assert/strict'
import type { HttpResponse } from '../../port/http.ts'
import { answerOf } from './answer.ts'
import { copyOf } from './copy.ts'
import type { Face } from './face.ts'
import { goodAnswers, outcomeOf, respond, shown } from './halves.ts'
import { BODIES, HEADERS, hostileInputs, strangeAnswers } from './hostile.ts'
import type { ConnectorLaws } from './law.ts'
import type { Stage } from './stage.ts'

export const totalLaws: ConnectorLaws = {
  'a request half throws nothing but TielineError': {
    prove: (stage) => {
      for (const face of stage.faces) {
        for (const input of hostileInputs(face.inputs[0]))
          outcomeOf(
            `${face.place}: request`,
            () => shown(input),
            () => face.request(copyOf(input), stage.context()),
          )
      }
    },
  },

  'a response half throws nothing but TielineError': {
    prove: async (stage) => {
      for (const face of stage.faces) {
        for await (const answer of hostileAnswers(stage, face)) attempt(face, answer)
        for (const good of await goodAnswers(stage, face))
          for (const headers of HEADERS) attempt(face, { ...good, headers })
      }
    },
  },

  'no answer changes a prototype': {
    prove: async (stage) => {
      for (const face of stage.faces) {
        for await (const answer of hostileAnswers(stage, face)) {
          try {
            respond(face, answer)
          } catch {
            // What it throws is another law's.
          }
          if (cleaned()) assert.fail(`${face.place}: Object.prototype is changed by ${told(answer)}`)
        }
      }
    },
  },

  'a batch has an outcome for each item, whatever the answer says': {
    needs: ({ operations }) =>
      operations.some(({ operation }) => operation.spec.batch !== undefined) ? undefined : 'no operation has a batch',
    prove: async (stage) => {
      for (const face of stage.faces.filter(({ batch }) => batch)) {
        const items = (face.inputs[0] as readonly unknown[]).length
        for await (const answer of hostileAnswers(stage, face)) {
          let outcomes: unknown
          try {
            outcomes = respond(face, answer)
          } catch {
            continue // an answer that is refused as a whole
          } finally {
            cleaned()
          }
          const count = Array.isArray(outcomes) ? outcomes.length : Number.NaN
          if (count !== items) assert.fail(`${face.place}: ${count} outcomes for ${items} items, given ${told(answer)}`)
        }
      }
    },
  },
}

function attempt(face: Face, answer: HttpResponse): void {
  outcomeOf(
    `${face.place}: response`,
    () => told(answer),
    () => respond(face, answer),
  )
  cleaned()
}

/** Whether an answer has changed the prototype of all objects; it is put right for what runs after. */
function cleaned(): boolean {
  const polluted = 'polluted' in {}
  Reflect.deleteProperty(Object.prototype, 'polluted')
  return polluted
}

/** Answers with a good status and a body that nobody expects. */
async function* hostileAnswers(stage: Stage, face: Face): AsyncGenerator<HttpResponse> {
  for (const status of [201, 202, 204, 206, 207, 299]) for (const body of ['', '{}']) yield answerOf(status, body)
  for (const body of BODIES) yield answerOf(200, body)
  for (const good of await goodAnswers(stage, face)) {
    const text = Buffer.from(good.body).toString()
    for (const at of [1, text.length >> 1, text.length - 1]) yield { ...good, body: Buffer.from(text.slice(0, at)) }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      continue
    }
    for (const strange of strangeAnswers(value)) yield answerOf(good.status, JSON.stringify(strange), good.headers)
  }
}

function told({ status, headers, body }: HttpResponse): string {
  return `${status} ${shown(headers)} ${shown(Buffer.from(body.subarray(0, 2_000)).toString())}`
}
