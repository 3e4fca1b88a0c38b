import { describe, expect, test } from 'vitest'
import type { TopicRecord } from '../../../../src/connect/kafka-reader.ts'
import type { SchemaRegistry } from '../../../../src/connect/schema-registry.ts'
import { avroEncoder } from '../../../../src/core/avro-codec.ts'
import type { AvroRecordSchema } from '../../../../src/core/avro-schema.ts'
import { SluiceError } from '../../../../src/core/errors.ts'
import { maskText } from '../../../../src/core/personal-data.ts'
import { frame } from '../../../../src/core/wire-format.ts'
import { recordViewer } from '../../../../src/operations/topics/record-view.ts'

const schema: AvroRecordSchema = {
  type: 'record',
  name: 'Person',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'email', type: 'string', 'confluent:tags': ['PII'] },
    { name: 'seen', type: 'long' },
  ],
}
const plain: AvroRecordSchema = { type: 'record', name: 'Count', fields: [{ name: 'id', type: 'string' }] }
const registry = {
  registeredSchema: async (id: number) => {
    if (id !== 7) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no schema with id ${id}`)
    return { text: JSON.stringify(schema), dataFormat: 'AVRO' }
  },
} as unknown as SchemaRegistry

const bytes = frame(7, avroEncoder(schema).encode({ id: '1', email: '<script>alert(1)</script>', seen: 5 }))

function record(value: Buffer | null, key = '1'): TopicRecord {
  const headers = { 'sluice-run': Buffer.from('r') }
  return { topic: 'people', partition: 2, offset: 9, timestamp: 3, key: Buffer.from(key), value, headers }
}

describe('a value', () => {
  const view = recordViewer(schema, registry)

  test('is decoded with the schema it names, and masked', async () => {
    expect(await view(record(bytes), false)).toEqual({
      topic: 'people',
      partition: 2,
      offset: 9,
      timestamp: 3,
      key: '1',
      schemaId: 7,
      value: { kind: 'decoded', value: { id: '1', email: maskText, seen: 5 }, masked: ['email'] },
      bytes: bytes.length + 1,
      headers: [['sluice-run', 'r']],
    })
  })

  test('is shown whole where that is asked for', async () => {
    const { value } = await view(record(bytes), true)
    expect(value).toEqual({
      kind: 'decoded',
      value: { id: '1', email: '<script>alert(1)</script>', seen: 5 },
      masked: [],
    })
  })

  test('that cannot be decoded is hidden, as nobody knows what is in it', async () => {
    const raw = Buffer.from('{"email":"a@b.example"}')
    const hidden = await view(record(raw), false)
    expect(hidden.value).toEqual({ kind: 'hidden', problem: expect.stringContaining('0x7b') })
    expect(JSON.stringify(hidden)).not.toContain('a@b.example')
    expect((await view(record(raw), true)).value).toMatchObject({ kind: 'text', text: raw.toString() })
    expect((await recordViewer(plain, registry)(record(raw), false)).value).toMatchObject({ kind: 'text' })
  })

  test('of an unknown schema says so', async () => {
    expect((await view(record(frame(8, Buffer.from('x'))), false)).value).toEqual({
      kind: 'hidden',
      problem: 'the registry has no schema with id 8',
    })
  })

  test('that is none is none', async () => {
    expect((await view(record(null), false)).value).toEqual({ kind: 'none' })
  })
})

test('a key that says what the mask hides is masked as well', async () => {
  const view = recordViewer(schema, registry)
  const of = frame(7, avroEncoder(schema).encode({ id: '1', email: 'a@b.example', seen: 5 }))
  expect((await view(record(of, 'a@b.example'), false)).key).toBe(maskText)
  expect((await view(record(of, '1|a@b.example'), false)).key).toBe(maskText)
  expect((await view(record(of, '1|b'), false)).key).toBe('1|b')
  expect((await view(record(of, 'a@b.example'), true)).key).toBe('a@b.example')
})

test('a long keeps every digit', async () => {
  const wide = Buffer.from([2, 0x31, 0, ...[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]])
  const { value } = await recordViewer(null, registry)(record(frame(7, wide)), true)
  expect(value).toMatchObject({ value: { seen: '9223372036854775807' } })
})

test('a schema that could not be had is asked for again', async () => {
  let asked = 0
  const flaky = {
    registeredSchema: async () => {
      asked += 1
      if (asked === 1) throw new SluiceError('REGISTRY_UNAVAILABLE', 'away')
      return { text: JSON.stringify(schema), dataFormat: 'AVRO' }
    },
  } as unknown as SchemaRegistry
  const view = recordViewer(null, flaky)
  expect((await view(record(bytes), true)).value).toMatchObject({ kind: 'text', problem: 'away' })
  expect((await view(record(bytes), true)).value).toMatchObject({ kind: 'decoded' })
})
