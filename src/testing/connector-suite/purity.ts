import assert from 'node:assert/strict'
import { deepFreeze } from '../../core/freeze.ts'
import { guard } from '../simulation/guard.ts'
import { documented, partsOf } from './answer.ts'
import { copyOf } from './copy.ts'
import { KEY } from './fixed.ts'
import { goodAnswers, mustBe, requestOf, respond, same } from './halves.ts'
import { type ConnectorLaws, someOperation } from './law.ts'

const needsAnswers = someOperation(
  ({ answers }) => answers !== undefined,
  'no example has an answer of the documentation',
)

export const purityLaws: ConnectorLaws = {
  'the same input gives the same request': {
    prove: (stage) => {
      for (const face of stage.faces) {
        for (const input of face.inputs)
          same(requestOf(stage, face, input), requestOf(stage, face, input), `${face.place}: two requests of one input`)
      }
    },
  },

  'the same answer gives the same result': {
    prove: async (stage) => {
      for (const face of stage.faces) {
        for (const answer of await goodAnswers(stage, face))
          same(respond(face, answer), respond(face, answer), `${face.place}: two results of one answer`)
      }
    },
  },

  'nothing that is given to a half is changed': {
    prove: async (stage) => {
      for (const face of stage.faces) {
        const input = deepFreeze(copyOf(face.inputs[0]))
        frozen(`${face.place}: request`, () => face.request(input, stage.context()))
        for (const answer of await goodAnswers(stage, face)) {
          const headers = Object.freeze({ ...answer.headers })
          frozen(`${face.place}: response`, () => face.response(partsOf({ ...answer, headers }), input, KEY))
        }
      }
    },
  },

  'neither half reads a clock, chance or the network': {
    prove: async (stage) => {
      for (const face of stage.faces) {
        unmoved(`${face.place}: request`, () => face.request(copyOf(face.inputs[0]), stage.context()))
        for (const answer of await goodAnswers(stage, face))
          unmoved(`${face.place}: response`, () => respond(face, answer))
      }
    },
  },

  'the answers of the documentation are understood': {
    needs: needsAnswers,
    prove: (stage) => {
      for (const face of stage.faces.filter(({ batch }) => !batch)) {
        for (const told of face.example.answers ?? []) {
          const result = respond(face, documented(told))
          if ('gives' in told) mustBe(result, told.gives, `${face.place}: of a documented answer`)
        }
      }
    },
  },
}

/** Modules are strict: to change what is frozen throws TypeError. */
function frozen(place: string, run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof TypeError) assert.fail(`${place}: changes what it was given (${thrown.message})`)
    throw thrown
  }
}

function unmoved(place: string, run: () => unknown): void {
  const held = guard()
  try {
    run()
  } catch (thrown) {
    if (held.touched.length === 0) throw thrown
  } finally {
    held[Symbol.dispose]()
  }
  assert.deepEqual(held.touched, [], `${place}: touches ${held.touched.join(', ')}; the context has nowMs and the key`)
}
