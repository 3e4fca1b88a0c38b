/**
 * On-failure destinations of each kind that a test takes away and brings back, and what they got.
 */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { Admin } from 'kafkajs'
import { awsConfig } from '../../src/connect/aws.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { readUntilNow } from '../../src/connect/kafka-reader.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import type { Place } from './event-source-sink.ts'

/** A destination that may be there or not. */
export type MovableDestination = {
  /** As a mapping names it. */
  readonly address: string
  /** Makes it, empty; there already, it stays as it is. */
  create(): Promise<void>
  remove(): Promise<void>
  /** Records that it has and has not told of yet, or has told of before. Fails while it is away. */
  taken(): Promise<Place[]>
}

/** The kinds of destination. */
export const destinationKinds = ['sqs', 'sns', 's3', 'kafka'] as const
export type DestinationKind = (typeof destinationKinds)[number]

/** A destination of that kind and name, not made yet. */
export function movableDestination(
  kind: DestinationKind,
  name: string,
  endpoints: Pick<Endpoints, 'aws' | 'kafka'>,
  admin: Admin,
): MovableDestination {
  const { region, accountId } = endpoints.aws
  if (kind === 'kafka') return topic(name, endpoints, admin)
  if (kind === 's3') return bucket(name, new S3Client({ ...awsConfig(endpoints.aws), forcePathStyle: true }))
  const arn = (service: string) => `arn:aws:${service}:${region}:${accountId}:${name}`
  const queue = queueOf(name, new SQSClient(awsConfig(endpoints.aws)))
  if (kind === 'sqs') return { ...queue, address: arn('sqs') }
  const sns = new SNSClient(awsConfig(endpoints.aws))
  return {
    address: arn('sns'),
    async create() {
      await queue.create()
      await sns.send(new CreateTopicCommand({ Name: name }))
      const Attributes = { RawMessageDelivery: 'true' }
      await sns.send(new SubscribeCommand({ TopicArn: arn('sns'), Protocol: 'sqs', Endpoint: arn('sqs'), Attributes }))
    },
    async remove() {
      await sns.send(new DeleteTopicCommand({ TopicArn: arn('sns') }))
    },
    taken: queue.taken,
  }
}

function queueOf(QueueName: string, sqs: SQSClient): Omit<MovableDestination, 'address'> {
  const url = async () => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl
  let QueueUrl: string | undefined
  return {
    async create() {
      QueueUrl = await url()
    },
    async remove() {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }))
    },
    async taken() {
      const places: Place[] = []
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
        if (Messages.length === 0) return places
        for (const { Body = '', ReceiptHandle } of Messages) {
          places.push(...placesIn(Body))
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

function bucket(Bucket: string, s3: S3Client): MovableDestination {
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }
  return {
    address: `arn:aws:s3:::${Bucket}`,
    async create() {
      // The emulator keeps its buckets over a restart.
      await s3.send(new CreateBucketCommand({ Bucket })).catch((error: Error) => {
        if (error.name !== 'BucketAlreadyOwnedByYou') throw error
      })
    },
    async remove() {
      for (const Key of await keys()) await s3.send(new DeleteObjectCommand({ Bucket, Key }))
      await s3.send(new DeleteBucketCommand({ Bucket }))
    },
    async taken() {
      const places: Place[] = []
      for (const Key of await keys()) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
        places.push(...placesIn((await Body?.transformToString()) ?? ''))
      }
      return places
    },
  }
}

function topic(name: string, { kafka }: Pick<Endpoints, 'kafka'>, admin: Admin): MovableDestination {
  return {
    address: `kafka://${name}`,
    create: () => createTopics(admin, [{ topic: name, numPartitions: 1 }]),
    remove: () => admin.deleteTopics({ topics: [name] }),
    async taken() {
      const { start } = await offsetBounds(admin, name)
      const places: Place[] = []
      const client = connectKafka({ ...kafka, clientId: 'destination-test' })
      await readUntilNow(client, new Map([[name, start]]), ({ value }) => {
        places.push(...placesIn(String(value)))
      })
      return places
    },
  }
}

/** The record of a failure; at a topic it names one record in its payload. */
function placesIn(text: string): Place[] {
  const { KafkaBatchInfo, payload } = JSON.parse(text)
  const names = Object.keys(KafkaBatchInfo.recordsInfo ?? payload.records)
  return names.flatMap((name) => {
    const partition = Number(name.slice(name.lastIndexOf('-') + 1))
    if (KafkaBatchInfo.recordInfo) return [{ partition, offset: Number(KafkaBatchInfo.recordInfo.offset) }]
    const { firstRecordOffset, lastRecordOffset } = KafkaBatchInfo.recordsInfo[name]
    if (firstRecordOffset !== lastRecordOffset) throw new Error('records are given up one by one here')
    return [{ partition, offset: Number(firstRecordOffset) }]
  })
}
