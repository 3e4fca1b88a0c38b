/**
 * Opens on-failure destinations with clients that the mappings of a poller share.
 */
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { awsConfig } from '../../connect/aws.ts'
import { renewedProducer } from '../../connect/renewed-producer.ts'
import { secretsManager } from '../secrets.ts'
import { defaultSettings, type PollerSettings } from '../settings.ts'
import { sourceSecurity } from '../source-security.ts'
import type { OpenDestination } from './destination.ts'
import type { AwsPlace } from './failure-record.ts'
import { kafkaDestination } from './kafka.ts'
import { s3Destination } from './s3.ts'
import { snsDestination } from './sns.ts'
import { sqsDestination } from './sqs.ts'

/** How to reach AWS or an emulator of it: settings of the SDK's clients, and where functions live. */
export type DestinationAccess = AwsPlace & {
  readonly clientConfig: Partial<ReturnType<typeof awsConfig>>
  /** Settings that differ from {@link defaultSettings}. */
  readonly settings?: Partial<Pick<PollerSettings, 'failureFormat' | 'managedWithoutAccess'>>
}

/** An opener of all four kinds. Its clients are made with the first destination of their kind. */
export function destinationOpener({ clientConfig, settings, ...place }: DestinationAccess): OpenDestination {
  const { failureFormat: format, ...rest } = { ...defaultSettings, ...settings }
  const secrets = secretsManager(clientConfig)
  let sqs: SQSClient | undefined
  let sns: SNSClient | undefined
  let s3: S3Client | undefined
  return (address, source) => {
    const context = { source, place, format }
    switch (address.kind) {
      case 'sqs':
        sqs ??= new SQSClient(clientConfig)
        return sqsDestination(sqs, address.arn, context)
      case 'sns':
        sns ??= new SNSClient(clientConfig)
        return snsDestination(sns, address.arn, context)
      case 's3':
        // A bucket in the host's name does not resolve at an emulator.
        s3 ??= new S3Client({ ...clientConfig, forcePathStyle: true })
        return s3Destination(s3, address.arn, context)
      case 'kafka': {
        const bootstrapServers = source.bootstrapServers.join(',')
        const connection = { bootstrapServers, clientId: 'sluice-poller' }
        const producer = renewedProducer(connection, () => sourceSecurity(source.access, secrets, rest))
        return kafkaDestination(producer, address.topic, context)
      }
    }
  }
}
