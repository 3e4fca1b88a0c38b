/**
 * Opens on-failure destinations with clients that the mappings of a poller share.
 */
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { awsConfig } from '../../connect/aws.ts'
import { connectKafka } from '../../connect/kafka.ts'
import { createProducer } from '../../connect/kafka-producer.ts'
import { defaultSettings, type FailureFormat } from '../settings.ts'
import type { OpenDestination } from './destination.ts'
import type { AwsPlace } from './failure-record.ts'
import { kafkaDestination } from './kafka.ts'
import { s3Destination } from './s3.ts'
import { snsDestination } from './sns.ts'
import { sqsDestination } from './sqs.ts'

/** How to reach AWS or an emulator of it: settings of the SDK's clients, and where functions live. */
export type DestinationAccess = AwsPlace & {
  readonly clientConfig: Partial<ReturnType<typeof awsConfig>>
  readonly format?: FailureFormat
}

/** An opener of all four kinds. Its clients are made with the first destination of their kind. */
export function destinationOpener({ clientConfig, format, ...place }: DestinationAccess): OpenDestination {
  let sqs: SQSClient | undefined
  let sns: SNSClient | undefined
  let s3: S3Client | undefined
  return (address, source) => {
    const context = { source, place, format: format ?? defaultSettings.failureFormat }
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
        const producer = createProducer(connectKafka({ bootstrapServers, clientId: 'sluice-poller' }))
        return kafkaDestination(producer, address.topic, context)
      }
    }
  }
}
