/**
 * Batches as CQL's native protocol has them, written into one piece of memory: cassandra-driver makes two buffers a value
 * and joins hundreds of them, which is half of what a batch costs. The bytes are the driver's own, which a test compares.
 * Not for what a batch is made of: see src/runtime/table-writer.ts.
 *
 *   frame       = %x04 flags stream %x0d length body      ; stream = int16, length = int32
 *   body        = type count *statement consistency flags timestamp
 *   statement   = %x01 id-length id count *value          ; type, flags = byte; count, id-length, consistency = int16
 *   value       = length bytes / -1 (null) / -2 (unset)   ; length = int32
 *   timestamp   = int64                                   ; flag %x20
 *
 * Source: Apache Cassandra, "CQL Binary Protocol v4", 4.1.7.
 */
import { type Client, types } from 'cassandra-driver'

/** The parts of cassandra-driver 4 that are used here. */
export type BatchClient = {
  _createBatchRequest(statements: readonly Statement[], options: BatchOptions): Promise<BatchRequest>
}
type Statement = {
  readonly queryId?: Buffer
  readonly params: readonly unknown[]
  readonly meta?: { readonly columns: readonly { readonly type: ValueType }[] }
}
type Prepared = Required<Statement>
type ValueType = { readonly code: number }
type Encoder = { readonly protocolVersion: number; encode(value: unknown, type: ValueType): Buffer | null | object }
type BatchOptions = {
  getConsistency(): number
  getSerialConsistency(): unknown
  getCustomPayload(): unknown
  isQueryTracing(): boolean
}
type BatchRequest = {
  readonly type: number
  readonly queries: readonly Statement[]
  readonly options: BatchOptions
  readonly timestamp: types.Long | null | undefined
  /** Bytes of the body, which the driver reports. */
  length?: number
  write(encoder: Encoder, stream: number): Buffer
}

const protocolVersion = 4
const headerBytes = 9
const opcode = 0x0d
const timestampFlag = 0x20
const nullLength = -1
const unsetLength = -2

/** Lets a client write its batches so; those with anything else than prepared statements, and older protocols, stay the driver's. */
export function writeBatchesWhole(client: Client): void {
  const inner = client as unknown as BatchClient
  const create = inner._createBatchRequest.bind(client)
  inner._createBatchRequest = async (statements, options) => {
    const request = await create(statements, options)
    const writeByDriver = request.write.bind(request)
    request.write = (encoder, stream) =>
      isPlain(request, encoder) ? frameOf(request, encoder, stream) : writeByDriver(encoder, stream)
    return request
  }
}

function isPlain({ queries, options }: BatchRequest, encoder: Encoder): boolean {
  return (
    encoder.protocolVersion === protocolVersion &&
    queries.every(({ queryId, meta }) => queryId !== undefined && meta !== undefined) &&
    !options.isQueryTracing() &&
    !options.getCustomPayload() &&
    !options.getSerialConsistency()
  )
}

/** Kept for the next frame: a batch is written at once, and its frame copied out. */
let memory = Buffer.allocUnsafeSlow(64 * 1024)
let at = 0

function frameOf(request: BatchRequest, encoder: Encoder, stream: number): Buffer {
  const { type, queries, options, timestamp } = request
  at = headerBytes
  writeByte(type)
  writeInt16(queries.length)
  for (const statement of queries) writeStatement(statement as Prepared, encoder)
  writeInt16(options.getConsistency())
  writeByte(timestamp ? timestampFlag : 0)
  if (timestamp) writeBytes(encoder.encode(timestamp, { code: types.dataTypes.bigint }) as Buffer)
  request.length = at - headerBytes
  memory[0] = protocolVersion
  memory[1] = 0
  memory.writeInt16BE(stream, 2)
  memory[4] = opcode
  memory.writeInt32BE(request.length, 5)
  const frame = Buffer.allocUnsafeSlow(at)
  memory.copy(frame, 0, 0, at)
  return frame
}

function writeStatement({ queryId, params, meta }: Prepared, encoder: Encoder): void {
  writeByte(1)
  writeInt16(queryId.length)
  writeBytes(queryId)
  writeInt16(params.length)
  for (const [index, value] of params.entries()) writeValue(value, meta.columns[index]?.type as ValueType, encoder)
}

function writeValue(value: unknown, type: ValueType, encoder: Encoder): void {
  if (typeof value === 'string' && (type.code === types.dataTypes.varchar || type.code === types.dataTypes.text)) {
    writeText(value)
    return
  }
  const encoded = encoder.encode(value, type)
  if (Buffer.isBuffer(encoded)) {
    writeInt32(encoded.length)
    writeBytes(encoded)
  } else writeInt32(encoded === null ? nullLength : unsetLength)
}

/** The most bytes that a code unit of a text takes in UTF-8. */
const unitBytes = 3

function writeText(text: string): void {
  makeRoom(4 + text.length * unitBytes)
  const bytes = memory.write(text, at + 4)
  memory.writeInt32BE(bytes, at)
  at += 4 + bytes
}

function writeBytes(bytes: Buffer): void {
  makeRoom(bytes.length)
  memory.set(bytes, at)
  at += bytes.length
}

function writeByte(value: number): void {
  makeRoom(1)
  memory[at] = value
  at += 1
}

function writeInt16(value: number): void {
  makeRoom(2)
  at = memory.writeUInt16BE(value, at)
}

function writeInt32(value: number): void {
  makeRoom(4)
  at = memory.writeInt32BE(value, at)
}

function makeRoom(bytes: number): void {
  if (at + bytes <= memory.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(memory.length * 2, at + bytes))
  memory.copy(larger, 0, 0, at)
  memory = larger
}
