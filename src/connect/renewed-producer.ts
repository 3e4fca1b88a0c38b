/**
 * A producer whose way in is read with its first record, and again after Kafka refused it.
 * Not for producing: see kafka-producer.ts.
 */
import type { KafkaSecurity } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { connectKafka, type KafkaConnection } from './kafka.ts'
import { createProducer, type RecordProducer } from './kafka-producer.ts'

/**
 * A producer that reads its security when it is first needed, once for all sends that wait for it, and again after a
 * failed reading or after Kafka refused it: a password that was changed is then in the secret. Fails as
 * {@link RecordProducer} does, and with KAFKA_UNAVAILABLE when the security cannot be read.
 */
export function renewedProducer(
  connection: Omit<KafkaConnection, 'security'>,
  readSecurity: () => Promise<KafkaSecurity>,
): RecordProducer {
  let current: Promise<RecordProducer> | null = null
  const open = async () => {
    const security = await readSecurity().catch((cause) => {
      current = null
      if (cause instanceof SluiceError) throw cause
      throw new SluiceError('KAFKA_UNAVAILABLE', 'the login of Kafka could not be read from its secret', { cause })
    })
    return createProducer(connectKafka({ ...connection, security }))
  }
  return {
    async send(topic, records) {
      if (records.length === 0) return []
      current ??= open()
      const used = current
      const producer = await used
      try {
        return await producer.send(topic, records)
      } catch (error) {
        const isRefused = error instanceof SluiceError && error.code === 'KAFKA_REFUSED'
        if (isRefused && current === used) current = null
        throw error
      }
    },
    async disconnect() {
      const used = current
      current = null
      const producer = await used?.catch(() => null)
      await producer?.disconnect()
    },
  }
}
