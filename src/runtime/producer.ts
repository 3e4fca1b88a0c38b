/**
 * The producer of a function's process: its login is read with the first record.
 */
import { connectKafka } from '../connect/kafka.ts'
import { createProducer, type RecordProducer } from '../connect/kafka-producer.ts'
import type { KafkaSecurity } from '../core/endpoints.ts'
import type { FunctionEnvironment, KafkaAccess } from '../core/environment.ts'
import { SluiceError } from '../core/errors.ts'
import { kafkaSecurity } from './access.ts'

const clientId = 'sluice-function'

/**
 * A producer that reads the login when it is first needed, once for all sends that wait for it, and again after a failed
 * reading or after Kafka refused it: a password that was changed is then in the secret. Fails as
 * {@link RecordProducer} does, and with KAFKA_UNAVAILABLE when the login cannot be read.
 */
export function functionProducer(
  { bootstrapServers, kafka }: Pick<FunctionEnvironment, 'bootstrapServers' | 'kafka'>,
  readSecurity: (access: KafkaAccess) => Promise<KafkaSecurity> = kafkaSecurity,
): RecordProducer {
  let current: Promise<RecordProducer> | null = null
  const open = async () => {
    const security = await readSecurity(kafka).catch((cause) => {
      current = null
      throw new SluiceError('KAFKA_UNAVAILABLE', 'the login of Kafka could not be read from its secret', { cause })
    })
    return createProducer(connectKafka({ bootstrapServers, security, clientId }))
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
