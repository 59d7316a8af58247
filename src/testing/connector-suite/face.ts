import { hash53 } from '../../core/hash.ts'
import type {
  BatchHalves,
  BatchItem,
  Connector,
  Idempotency,
  RequestContext,
  RequestParts,
  ResponseParts,
} from '../../declare/target/operation.ts'
import type { Example } from './subject.ts'

/** The two halves of one kind of request: of an operation, or of its batch. */
export interface Face {
  /** `stripe customers.create` */
  readonly place: string
  readonly connector: Connector
  readonly idempotency: Idempotency
  readonly example: Example
  readonly batch: boolean
  /** Two inputs; of a batch, two lists of them. */
  readonly inputs: readonly [unknown, unknown]
  readonly request: (input: unknown, context: RequestContext) => RequestParts
  /** `key` is that of the request. */
  readonly response: (response: ResponseParts, input: unknown, key: string) => unknown
  readonly repeated: ((response: ResponseParts) => boolean) | undefined
}

export function facesOf(example: Example): readonly Face[] {
  return example.operation.spec.batch === undefined ? [single(example)] : [single(example), batched(example)]
}

export function single(example: Example): Face {
  const { connector, name, idempotency, request, response, repeated } = example.operation.spec
  const inputs = [example.input, example.other] as const
  return {
    place: `${connector.name} ${name}`,
    connector,
    idempotency,
    example,
    batch: false,
    inputs,
    request,
    response,
    repeated,
  }
}

/** Items have keys of their own: equal inputs equal ones, wherever they stand. */
export function batched(example: Example): Face {
  const one = single(example)
  const batch = example.operation.spec.batch!
  return {
    ...one,
    place: `${one.place} (batch)`,
    batch: true,
    inputs: [
      [example.input, example.other],
      [example.other, example.input],
    ],
    request: (inputs, context) => {
      const items = itemsOf(inputs, context.idempotencyKey)
      for (const { input } of items) sortedBy(batch, input)
      const { idempotencyKey } = items[0] ?? context
      return batch.request(items, Object.freeze({ ...context, idempotencyKey }))
    },
    response: (response, inputs, key) => batch.response(response, itemsOf(inputs, key)),
  }
}

/** As the engine asks before it gathers items. */
function sortedBy({ group, key }: BatchHalves<unknown, unknown>, input: unknown): void {
  group?.(input)
  key?.(input)
}

function itemsOf(inputs: unknown, key: string): readonly BatchItem<unknown>[] {
  return (inputs as readonly unknown[]).map((input) => ({
    input,
    idempotencyKey: `${key}-${hash53(JSON.stringify(input) ?? '')}`,
  }))
}
