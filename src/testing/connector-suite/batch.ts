import assert from 'node:assert/strict'
import { TielineError } from '../../core/error.ts'
import type { ItemOutcome } from '../../declare/target/operation.ts'
import { needsProvider } from './effects.ts'
import { batched, type Face, single } from './face.ts'
import { mustBe, same, shown } from './halves.ts'
import { type ConnectorLaw, type ConnectorLaws, someOperation } from './law.ts'
import type { Line } from './line.ts'
import type { Example } from './subject.ts'

const hasBatch = ({ operation }: Example): boolean => operation.spec.batch !== undefined
const needsBatch = someOperation(hasBatch, 'no operation has a batch')

export const batchLaws: ConnectorLaws = {
  'each outcome is what the item alone would give, in the order of the items': together(
    hasBatch,
    async (line, face) => {
      const inputs = await line.inputs(face.example)
      await outcomesOf(line, face, inputs, 'k') // from here on all is repeats: nothing is created in one call and found in the other
      const alone: unknown[] = []
      for (const input of inputs) {
        alone.push({ as: 'done', value: await line.perform(single(face.example), input, `alone-${alone.length}`) })
      }
      same(
        alone,
        await outcomesOf(line, face, inputs, 'k'),
        `${face.place}: two results, and the outcomes of their batch`,
      )
      assert.notDeepEqual(alone[0], alone[1], `${face.place}: two items with the same result, which proves nothing`)
    },
  ),

  'a bad item fails alone': together(
    ({ bad }) => bad !== undefined,
    async (line, face) => {
      const [input, other] = await line.inputs(face.example)
      const before = await line.effects()
      const outcomes = await outcomesOf(line, face, [input, face.example.bad, other], 'k')
      const as = outcomes.map((outcome) => outcome.as)
      mustBe(as, ['done', 'failed', 'done'], `${face.place}: a good, a bad and a good item`)
      const [, failed] = outcomes
      const error = failed?.as === 'failed' ? failed.error : undefined
      assert.ok(error instanceof TielineError, `${face.place}: the error of the bad item is ${shown(error)}`)
      assert.equal(error.disposition, 'stop', `${face.place}: the bad item would be tried again (${error.message})`)
      assert.ok((await line.effects()) >= before + 2, `${face.place}: the good items had no effect`)
    },
  ),

  'more than max is refused before it is sent': {
    needs: needsBatch,
    prove: (stage) => {
      for (const face of stage.faces.filter(({ batch }) => batch)) {
        const { max } = face.example.operation.spec.batch!
        assert.ok(Number.isInteger(max) && max >= 1, `${face.place}: max ${max} is no whole number of items`)
        const of = (count: number): string => {
          try {
            face.request(Array(count).fill(face.example.input), stage.context())
          } catch (thrown) {
            return thrown instanceof TielineError ? thrown.code : String(thrown)
          }
          return 'a request'
        }
        mustBe(of(max), 'a request', `${face.place}: ${max} items`)
        mustBe(of(max + 1), 'REQUEST_INVALID', `${face.place}: ${max + 1} items, ${max} at most`)
        mustBe(of(0), 'REQUEST_INVALID', `${face.place}: no item`)
      }
    },
  },
}

async function outcomesOf(
  line: Line,
  face: Face,
  inputs: readonly unknown[],
  key: string,
): Promise<readonly ItemOutcome<unknown>[]> {
  return (await line.perform(face, inputs, key)) as readonly ItemOutcome<unknown>[]
}

function together(of: (example: Example) => boolean, prove: (line: Line, face: Face) => Promise<void>): ConnectorLaw {
  const needsSome = someOperation((one) => hasBatch(one) && of(one), 'no example of a batch has a `bad` input')
  return {
    needs: (subject) => needsProvider(subject) ?? needsBatch(subject) ?? needsSome(subject),
    prove: async (stage) => {
      for (const example of stage.subject.operations.filter((one) => hasBatch(one) && of(one))) {
        await using line = await stage.open()
        await prove(line, batched(example))
      }
    },
  }
}
