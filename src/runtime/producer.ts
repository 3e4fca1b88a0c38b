/**
 * The producer of a function's process: its login is read with the first record.
 */
import type { RecordProducer } from '../connect/kafka-producer.ts'
import { renewedProducer } from '../connect/renewed-producer.ts'
import type { KafkaSecurity } from '../core/endpoints.ts'
import type { FunctionEnvironment, KafkaAccess } from '../core/environment.ts'
import { kafkaSecurity } from './access.ts'

/** Under which the broker's logs show functions. */
export const clientId = 'sluice-function'

/** A producer of what the environment says; see {@link renewedProducer} for when the login is read. */
export function functionProducer(
  { bootstrapServers, kafka }: Pick<FunctionEnvironment, 'bootstrapServers' | 'kafka'>,
  readSecurity: (access: KafkaAccess) => Promise<KafkaSecurity> = kafkaSecurity,
): RecordProducer {
  return renewedProducer({ bootstrapServers, clientId }, () => readSecurity(kafka))
}
