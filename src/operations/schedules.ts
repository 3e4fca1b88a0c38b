/**
 * Pausing and resuming schedules. What an operator wants is a parameter of its own, so that a deployment leaves it alone.
 */
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import {
  DeleteParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { awsConfig } from '../connect/aws.ts'
import type { AwsEndpoint } from '../core/endpoints.ts'
import { ruleName, scheduleStatePath } from '../core/names.ts'

const paused = 'paused'

/** Stops a pipeline's schedule until it is resumed, over deployments too. Runs that go on are not touched. */
export async function pauseSchedule(aws: AwsEndpoint, pipeline: string): Promise<void> {
  // The wish first: what is interrupted between the two is done by the next deployment.
  await new SSMClient(awsConfig(aws)).send(
    new PutParameterCommand({ Name: scheduleStatePath + pipeline, Value: paused, Type: 'String', Overwrite: true }),
  )
  await new EventBridgeClient(awsConfig(aws)).send(new DisableRuleCommand({ Name: ruleName(pipeline) }))
}

/** Lets the schedule of a pipeline go on. */
export async function resumeSchedule(aws: AwsEndpoint, pipeline: string): Promise<void> {
  await new SSMClient(awsConfig(aws))
    .send(new DeleteParameterCommand({ Name: scheduleStatePath + pipeline }))
    .catch((error) => {
      if (!(error instanceof ParameterNotFound)) throw error
    })
  await new EventBridgeClient(awsConfig(aws)).send(new EnableRuleCommand({ Name: ruleName(pipeline) }))
}

/** The pipelines whose schedules are paused. */
export async function pausedSchedules(aws: AwsEndpoint): Promise<string[]> {
  const ssm = new SSMClient(awsConfig(aws))
  const names: string[] = []
  let nextToken: string | undefined
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: scheduleStatePath, ...(nextToken ? { NextToken: nextToken } : {}) }),
    )
    names.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name.slice(scheduleStatePath.length)))
    nextToken = page.NextToken
  } while (nextToken)
  return names
}

/** Pauses again what is to be paused, after a deployment. A pipeline that is gone is left out. */
export async function keepPaused(aws: AwsEndpoint, pipelines: readonly string[]): Promise<void> {
  const names = await pausedSchedules(aws)
  for (const name of names) if (pipelines.includes(name)) await pauseSchedule(aws, name)
}
