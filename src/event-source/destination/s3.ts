/**
 * An S3 bucket as on-failure destination: one object a batch, with the event in it.
 */
import { randomUUID } from 'node:crypto'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { DiscardedBatch, OnFailureDestination } from './destination.ts'
import { batchFailure, type FailureContext } from './failure-record.ts'

/** The destination for a bucket's ARN. */
export function s3Destination(client: S3Client, arn: string, context: FailureContext): OnFailureDestination {
  const Bucket = arn.split(':').at(-1) ?? ''
  return {
    async send(discarded) {
      const now = new Date()
      const record = {
        ...batchFailure(discarded, context, now),
        payload: context.source.writer.event(discarded.batch).toString(),
      }
      const Key = objectKey(context.source.mappingId, context.source.topic, discarded, now)
      const Body = JSON.stringify(record)
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }))
    },
    async close() {},
  }
}

/** `aws/lambda/MAPPING/TOPIC-PARTITION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID`, the form that AWS documents for streams. */
function objectKey(mappingId: string, topic: string, { batch }: DiscardedBatch, now: Date): string {
  const [day = '', time = ''] = now.toISOString().slice(0, 19).split('T')
  const second = `${day}T${time.replaceAll(':', '.')}`
  return `aws/lambda/${mappingId}/${topic}-${batch[0]?.partition}/${day.replaceAll('-', '/')}/${second}-${randomUUID()}`
}
