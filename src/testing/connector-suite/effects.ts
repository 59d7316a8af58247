import assert from 'node:assert/strict'
import { TielineError } from '../../core/error.ts'
import { answerOf } from './answer.ts'
import { type Face, single } from './face.ts'
import { mustBe, same } from './halves.ts'
import { type ConnectorLaw, type ConnectorLaws, type Need, someOperation } from './law.ts'
import type { Line, Trouble } from './line.ts'
import type { Stage } from './stage.ts'
import type { Example } from './subject.ts'

export const needsProvider: Need = ({ provider }) =>
  provider === undefined ? 'the subject has no provider to look at' : undefined

const repeatable = ({ operation }: Example): boolean => /^(header|state)$/.test(operation.spec.idempotency.by)
const reads = ({ operation }: Example): boolean => operation.spec.idempotency.by === 'read'
const writes = (example: Example): boolean => !reads(example)

const BROKEN = new TielineError('HTTP_BROKEN', 'the connection was cut')
const LATE = new TielineError('HTTP_TIMEOUT', 'no answer in time')

/** Failures that leave no effect behind, and the codes that they are. */
const WITHOUT_EFFECT: readonly (readonly [string, Trouble, code: string])[] = [
  ['a cut connection', { before: BROKEN }, 'HTTP_BROKEN'],
  ['a 500', { before: answerOf(500, '{"message":"internal error"}') }, 'PROVIDER_FAULT'],
]

export const effectLaws: ConnectorLaws = {
  'the same call with the same key: one effect, the same result': at(
    repeatable,
    'no operation may be repeated',
    async ({ line, face, input }) => {
      const first = await line.perform(face, input, 'k')
      const effects = await happened(line, face)
      const second = await line.perform(face, input, 'k')
      assert.equal(await line.effects(), effects, `${face.place}: the same call again had another effect`)
      if (face.idempotency.by === 'header') same(first, second, `${face.place}: two results of one effect`)
    },
  ),

  'another call has an effect of its own': at(writes, 'no operation writes', async ({ line, face, input, other }) => {
    const before = await line.effects()
    await line.perform(face, input, 'k')
    const one = await line.effects()
    await line.perform(face, other, 'another')
    assert.ok(
      one > before && (await line.effects()) > one,
      `${face.place}: two calls with two inputs and keys, but not two effects`,
    )
  }),

  'an answer that is lost: the repeat finds the one effect': at(
    repeatable,
    'no operation may be repeated',
    async ({ line, face, input }) => {
      const { code, disposition } = await line.failure(face, input, 'k', { after: () => LATE })
      mustBe([code, disposition], ['HTTP_TIMEOUT', 'retry'], face.place)
      const effects = await happened(line, face)
      await line.perform(face, input, 'k', 2)
      assert.equal(
        await line.effects(),
        effects,
        `${face.place}: the answer was lost, and the second attempt had another effect`,
      )
    },
  ),

  'a failure without effect: the repeat has it': at(
    repeatable,
    'no operation may be repeated',
    async ({ line, face, input }) => {
      let attempt = 0
      const before = await line.effects()
      for (const [what, trouble, expected] of WITHOUT_EFFECT) {
        attempt += 1
        const { code, disposition } = await line.failure(face, input, 'k', trouble)
        mustBe([code, disposition], [expected, 'retry'], `${face.place}: ${what}`)
      }
      await line.perform(face, input, 'k', attempt + 1)
      assert.ok((await line.effects()) > before, `${face.place}: attempt ${attempt + 1} came through and had no effect`)
    },
  ),

  'a 429 is PROVIDER_BUSY, with the time of its Retry-After': at(
    () => true,
    '',
    async ({ line, face, input }) => {
      const busy = answerOf(429, '{"message":"too many requests"}', { 'retry-after': '7' })
      const { code, retryAfterMs } = await line.failure(face, input, 'k', { before: busy })
      mustBe([code, retryAfterMs], ['PROVIDER_BUSY', 7_000], face.place)
    },
  ),

  'an operation that reads has no effect': at(reads, 'no operation reads', async ({ line, face, input }) => {
    const before = await line.effects()
    const first = await line.perform(face, input, 'k')
    same(first, await line.perform(face, input, 'k', 2), `${face.place}: two results of one read`)
    assert.equal(await line.effects(), before, `${face.place}: is declared to read, and changed something`)
  }),

  'an answer of more than maxResponseBytes is HTTP_TOO_LARGE': at(
    () => true,
    '',
    async ({ line, face, input }) => {
      const { maxResponseBytes: max } = face.connector
      const fits = Number.isInteger(max) && max > 0 && max <= 67_108_864
      assert.ok(
        fits,
        `${face.place}: maxResponseBytes ${max} is no whole number from 1 to 64 MiB: a process holds 64 such answers at once`,
      )
      const larger: Trouble = {
        after: (answer) => ({
          ...answer,
          body: Buffer.concat([answer.body, Buffer.alloc(max + 1 - answer.body.byteLength, ' ')]),
        }),
      }
      const { code, disposition } = await line.failure(face, input, 'k', larger)
      mustBe([code, disposition], ['HTTP_TOO_LARGE', 'stop'], face.place)
    },
  ),

  'each try has a time limit': {
    prove: (stage) => {
      for (const { place, connector } of stage.faces) {
        const limits = connector.policy.layers.filter(({ kind }) => kind === 'timeout') as readonly {
          readonly ms: number
        }[]
        const fits = limits.some(({ ms }) => ms > 0 && ms <= 300_000)
        assert.ok(
          fits,
          `${place}: the policy has no timeout of 5 minutes or less, so a provider that never answers holds the message`,
        )
      }
    },
  },
}

interface Act {
  readonly line: Line
  readonly face: Face
  readonly input: unknown
  readonly other: unknown
}

/** Proves each operation of a kind at a provider of its own. */
function at(of: (example: Example) => boolean, reason: string, prove: (act: Act) => Promise<void>): ConnectorLaw {
  const needsSome = someOperation(of, reason)
  return {
    needs: (subject) => needsProvider(subject) ?? needsSome(subject),
    prove: async (stage: Stage) => {
      for (const example of stage.subject.operations.filter(of)) {
        await using line = await stage.open()
        const [input, other] = await line.inputs(example)
        await prove({ line, face: single(example), input, other })
      }
    },
  }
}

/** The effects so far: there must be some, or nothing is proved. */
async function happened(line: Line, { place }: Face): Promise<number> {
  const effects = await line.effects()
  assert.ok(effects > 0, `${place}: the call had no effect that \`effects\` of the provider shows`)
  return effects
}
