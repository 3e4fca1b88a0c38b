/**
 * Telling of runs on an emulator's bus, as functions do it with the credentials of their own.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { awsConfig } from '../../connect/aws.ts'
import type { Announce } from '../../connect/run-bus.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { busEntry } from '../../core/run-event.ts'

/** Tells the bus at an endpoint. Fails with the SDK's error where it is away. */
export function announcer(aws: AwsEndpoint): Announce {
  const client = new EventBridgeClient(awsConfig(aws))
  return async (event) => {
    const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: [busEntry(event)] }))
    if (FailedEntryCount) throw new Error('the bus did not take a run event')
  }
}
