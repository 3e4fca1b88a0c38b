/**
 * An SQS queue as on-failure destination: one message a batch, metadata only.
 */
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { OnFailureDestination } from './destination.ts'
import { batchFailure, type FailureContext } from './failure-record.ts'

/** The destination for a queue's ARN. Its URL is looked up with the first message. */
export function sqsDestination(client: SQSClient, arn: string, context: FailureContext): OnFailureDestination {
  const [, , , , accountId = '', QueueName = ''] = arn.split(':')
  let url: Promise<string> | null = null
  const lookUp = async () => {
    const command = new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId: accountId })
    return (await client.send(command)).QueueUrl ?? ''
  }
  return {
    async send(discarded) {
      url ??= lookUp()
      try {
        const MessageBody = JSON.stringify(batchFailure(discarded, context, new Date()))
        await client.send(new SendMessageCommand({ QueueUrl: await url, MessageBody }))
      } catch (error) {
        url = null
        throw error
      }
    },
    async close() {},
  }
}
