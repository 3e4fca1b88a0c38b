import type { Kafka, Message } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { avroDecoder } from '../../../../src/core/avro-codec.ts'
import { unframe } from '../../../../src/core/wire-format.ts'
import type { Clients } from '../../../../src/operations/clients.ts'
import { produceRecord } from '../../../../src/operations/topics/produce.ts'
import { orderSchema, orders } from '../../../fixtures/orders.ts'
import { fakeRegistry } from '../../runtime/fakes.ts'

type Partitioner = (given: { topic: string; partitionMetadata: object[]; message: Message }) => number

/** Clients of a Kafka with one partition that acknowledges what it is sent at offset 41. */
function clients(schemas = [orderSchema]) {
  const sent: { topic: string; messages: Message[] }[] = []
  let isConnected = false
  const producer = ({ createPartitioner }: { createPartitioner: () => Partitioner }) => {
    const partitionOf = createPartitioner()
    return {
      connect: async () => {
        isConnected = true
      },
      disconnect: async () => {
        isConnected = false
      },
      async send({ topic, messages }: { topic: string; messages: Message[] }) {
        sent.push({ topic, messages })
        const partitionMetadata = [{ partitionId: 0, leader: 1 }]
        for (const message of messages) partitionOf({ topic, partitionMetadata, message })
        return [{ partition: 0, baseOffset: '41' }]
      },
    }
  }
  const given = { kafka: { producer } as unknown as Kafka, registry: fakeRegistry(schemas).registry }
  return { clients: given as unknown as Clients, sent, isConnected: () => isConnected }
}

const order = { id: 'o1', amount: 5, note: null }

describe('a record by hand', () => {
  test('is sent as the schema wants it, with the key that the pipeline makes, and answers where it stands', async () => {
    const given = clients()
    const before = Date.now()
    const at = await produceRecord('orders', { key: null, value: order }, [orders], given.clients)
    expect(at).toEqual({ topic: 'orders', partition: 0, offset: 41 })
    const [message] = given.sent[0]?.messages ?? []
    expect(message?.key).toBe('o1')
    expect(Number(message?.timestamp)).toBeGreaterThanOrEqual(before)
    const { schemaId, payload } = unframe(message?.value as Buffer)
    expect(schemaId).toBe(1)
    expect({ ...avroDecoder(orderSchema).decode(payload, JSON.stringify(orderSchema)) }).toEqual(order)
    expect(Object.keys(message?.headers ?? {})).toEqual(['sluice-produced-at'])
    expect(given.isConnected()).toBe(false)
  })

  test('has the key that it is given', async () => {
    const given = clients()
    await produceRecord('orders', { key: 'other', value: order }, [orders], given.clients)
    expect(given.sent[0]?.messages[0]?.key).toBe('other')
  })

  test.each<[string, unknown, string]>([
    ['a field of another type', { ...order, amount: 'five' }, 'field "amount" does not fit schema Order'],
    ['a field that is missing', { id: 'o1', note: null }, 'field "amount" does not fit schema Order'],
    ['no object', [order], 'the value is no JSON object, as schema Order wants it'],
    ['nothing', null, 'the value is no JSON object, as schema Order wants it'],
    ['a value that makes no key', { ...order, id: '' }, 'the value gives the record no key'],
  ])('is refused for %s, and nothing is sent', async (_, value, words) => {
    const given = clients()
    const asked = produceRecord('orders', { key: null, value }, [orders], given.clients)
    await expect(asked).rejects.toMatchObject({ code: 'RECORD_INVALID', message: expect.stringContaining(words) })
    expect(given.sent).toEqual([])
  })

  test('that no broker takes is refused before it is sent', async () => {
    const given = clients()
    const value = { ...order, note: 'x'.repeat(1_100_000) }
    const asked = produceRecord('orders', { key: null, value }, [orders], given.clients)
    await expect(asked).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
    expect(given.sent).toEqual([])
  })

  test('goes onto topics of pipelines alone', async () => {
    const asked = produceRecord('orders.dlt', { key: null, value: order }, [orders], clients().clients)
    await expect(asked).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', message: expect.stringContaining('totals') })
  })

  test('waits for no schema that the registry does not have', async () => {
    const given = clients([])
    const asked = produceRecord('orders', { key: null, value: order }, [orders], given.clients)
    await expect(asked).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN' })
    expect(given.sent).toEqual([])
  })
})
