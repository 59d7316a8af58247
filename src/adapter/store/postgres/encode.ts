// Array parameters in PostgreSQL's binary format, which the server reads far faster than text.
// https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES, array_recv in utils/adt/arrayfuncs.c

const OID = { bytea: 17, int8: 20, int2: 21, int4: 23, text: 25, uuid: 2950 } as const
const HEADER = 20

function header(oid: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(length === 0 ? 12 : HEADER + length * 4 + bytes)
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0)
  buffer.writeInt32BE(1, 4) // may hold nulls
  buffer.writeInt32BE(oid, 8)
  if (length === 0) return buffer
  buffer.writeInt32BE(length, 12)
  buffer.writeInt32BE(1, 16)
  return buffer
}

export function int2s(values: readonly number[]): Buffer {
  const buffer = header(OID.int2, values.length, values.length * 2)
  for (let i = 0, at = HEADER; i < values.length; i++, at += 6) {
    buffer.writeInt32BE(2, at)
    buffer.writeInt16BE(values[i]!, at + 4)
  }
  return buffer
}

export function int4s(values: readonly number[]): Buffer {
  const buffer = header(OID.int4, values.length, values.length * 4)
  for (let i = 0, at = HEADER; i < values.length; i++, at += 8) {
    buffer.writeInt32BE(4, at)
    buffer.writeInt32BE(values[i]!, at + 4)
  }
  return buffer
}

/** Safe integers as bigint[]. */
export function int8s(values: readonly number[]): Buffer {
  const buffer = header(OID.int8, values.length, values.length * 8)
  for (let i = 0, at = HEADER; i < values.length; i++, at += 12) {
    const value = values[i]!
    const high = Math.floor(value / 4294967296)
    buffer.writeInt32BE(8, at)
    buffer.writeInt32BE(high, at + 4)
    buffer.writeUInt32BE(value - high * 4294967296, at + 8)
  }
  return buffer
}

/** 16 bytes each. */
export function uuids(values: readonly Uint8Array[]): Buffer {
  return bytes(OID.uuid, values)
}

export function byteas(values: readonly (Uint8Array | null)[]): Buffer {
  return bytes(OID.bytea, values)
}

/** Texts without NUL, which PostgreSQL cannot store. */
export function texts(values: readonly (string | null)[]): Buffer {
  let size = 0
  const lengths = new Array<number>(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    lengths[i] = value === null ? -1 : Buffer.byteLength(value)
    size += Math.max(0, lengths[i]!)
  }
  const buffer = header(OID.text, values.length, size)
  for (let i = 0, at = HEADER; i < values.length; i++) {
    buffer.writeInt32BE(lengths[i]!, at)
    at += 4
    if (lengths[i]! > 0) at += buffer.write(values[i]!, at)
  }
  return buffer
}

function bytes(oid: number, values: readonly (Uint8Array | null)[]): Buffer {
  let size = 0
  for (const value of values) size += value?.length ?? 0
  const buffer = header(oid, values.length, size)
  let at = HEADER
  for (const value of values) {
    buffer.writeInt32BE(value === null ? -1 : value.length, at)
    at += 4
    if (value === null) continue
    buffer.set(value, at)
    at += value.length
  }
  return buffer
}
