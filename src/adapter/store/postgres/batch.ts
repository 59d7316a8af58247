import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { laneId } from '../../../engine/lanes/lane-id.ts'
import type { Delivery, NewMessage } from '../../../port/store.ts'
import { byteas, int2s, int4s, int8s, texts, uuids } from './encode.ts'
import { headOf } from './head.ts'
import { SHARDS } from './migrations.ts'
import type { Names } from './names.ts'

/** One append, as arrays: what its statement takes. */
export interface Batch {
  /** After worker, slot and generation. */
  readonly values: readonly Buffer[]
  /** Offset of each message, in the order given. */
  readonly offsets: readonly number[]
  /** Flow and shard of each piece of work. */
  readonly places: readonly (readonly [flow: number, shard: number])[]
}

/** Ids that a message takes: one for each piece of work, one for none. */
export function weightOf(message: NewMessage): number {
  return Math.max(1, message.deliveries.length)
}

/** As text, a body is read twice as fast. */
export function isText(body: Uint8Array): boolean {
  return isUtf8(body) && !body.includes(0)
}

export function shardOf(lane: number): number {
  return lane % SHARDS
}

/** The identity of a message, 128 bits of SHA-256: a sender chooses its ids, and must not find two that are taken for one. */
export function identity(message: {
  readonly source: string
  readonly id: string
  readonly quarantine?: unknown
}): Buffer {
  const text = JSON.stringify([message.quarantine === undefined ? 'm' : 'q', message.source, message.id])
  return hash('sha256', text, 'buffer').subarray(0, 16)
}

/** Arranges messages for one statement. All names must be known. */
export function batchOf(messages: readonly NewMessage[], names: Names): Batch {
  const marks: { hash: Buffer; offset: number }[] = []
  const offsets: number[] = []
  const plain = {
    offset: [] as number[],
    works: [] as number[],
    source: [] as number[],
    head: [] as string[],
    body: [] as Uint8Array[],
  }
  const work = {
    offset: [] as number[],
    of: [] as number[],
    lane: [] as number[],
    shard: [] as number[],
    flow: [] as number[],
    pause: [] as number[],
    tenant: [] as number[],
  }
  const aside = {
    offset: [] as number[],
    of: [] as number[],
    lane: [] as number[],
    shard: [] as number[],
    flow: [] as number[],
    fault: [] as string[],
    works: [] as number[],
    source: [] as number[],
    head: [] as string[],
    body: [] as Uint8Array[],
    tenant: [] as number[],
  }
  const tenantOf = ({ tenant = '' }: Delivery): number => (tenant === '' ? 0 : names.known(tenant)!)
  let next = 0
  for (const message of messages) {
    const first = next
    next += weightOf(message)
    offsets.push(first)
    marks.push({ hash: identity(message), offset: first })
    const source = names.known(message.source)!
    const head = headOf(message)
    if (message.quarantine) {
      const nobody: readonly Delivery[] = [{ flow: '', key: '', effect: '' }]
      const deliveries = message.deliveries.length > 0 ? message.deliveries : nobody
      deliveries.forEach((delivery, i) => {
        const { flow, key, tenant } = delivery
        const lane = laneId(flow, key, tenant)
        aside.tenant.push(tenantOf(delivery))
        aside.offset.push(first + i)
        aside.of.push(first)
        aside.lane.push(lane)
        aside.shard.push(shardOf(lane))
        aside.flow.push(flow === '' ? 0 : names.known(flow)!)
        aside.fault.push(JSON.stringify(message.quarantine))
        aside.works.push(deliveries.length)
        aside.source.push(source)
        aside.head.push(head)
        aside.body.push(message.body)
      })
      continue
    }
    plain.offset.push(first)
    plain.works.push(2 * message.deliveries.length + (isText(message.body) ? 1 : 0))
    plain.source.push(source)
    plain.head.push(head)
    plain.body.push(message.body)
    for (let i = 0; i < message.deliveries.length; i++) {
      const delivery = message.deliveries[i]!
      const { flow, key, tenant } = delivery
      const lane = laneId(flow, key, tenant)
      work.offset.push(first + i)
      work.of.push(first)
      work.lane.push(lane)
      work.shard.push(shardOf(lane))
      work.flow.push(names.known(flow)!)
      work.pause.push(Math.ceil(Math.max(0, message.delayMs ?? 0, delivery.delayMs ?? 0)))
      work.tenant.push(tenantOf(delivery))
    }
  }
  // Sorted, so that two appends that share messages never wait for each other; of equal ones the first comes first.
  marks.sort((a, b) => Buffer.compare(a.hash, b.hash) || a.offset - b.offset)
  const values = [
    uuids(marks.map((mark) => mark.hash)),
    int4s(marks.map((mark) => mark.offset)),
    int4s(plain.offset),
    int2s(plain.works),
    int4s(plain.source),
    texts(plain.head),
    byteas(plain.body),
    int4s(work.offset),
    int4s(work.of),
    int8s(work.lane),
    int2s(work.shard),
    int4s(work.flow),
    int8s(work.pause),
    int4s(aside.offset),
    int4s(aside.of),
    int8s(aside.lane),
    int2s(aside.shard),
    int4s(aside.flow),
    texts(aside.fault),
    int2s(aside.works),
    int4s(aside.source),
    texts(aside.head),
    byteas(aside.body),
    int4s(work.tenant),
    int4s(aside.tenant),
  ]
  return { values, offsets, places: work.flow.map((flow, i) => [flow, work.shard[i]!] as const) }
}
