/**
 * An SNS topic as on-failure destination: one message a batch, metadata only.
 */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import type { OnFailureDestination } from './destination.ts'
import { batchFailure, type FailureContext } from './failure-record.ts'

/** The destination for an SNS topic's ARN. */
export function snsDestination(client: SNSClient, arn: string, context: FailureContext): OnFailureDestination {
  return {
    async send(discarded) {
      const Message = JSON.stringify(batchFailure(discarded, context, new Date()))
      await client.send(new PublishCommand({ TopicArn: arn, Message }))
    },
    async close() {},
  }
}
