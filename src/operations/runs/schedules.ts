/**
 * Pausing and resuming schedules. What an operator wants is in the ledger, where ingest sees it and no deployment changes it.
 */
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { Client } from 'cassandra-driver'
import { pipelines } from '../../../pipelines/index.ts'
import { awsConfig } from '../../connect/aws.ts'
import { selectAll } from '../../core/cql.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { type ScheduleState, scheduleStatesTable } from '../../core/ledger.ts'
import { keyspace, ruleName } from '../../core/names.ts'
import { ledgerOf } from '../../runtime/ledger.ts'
import { ledgerRequests } from '../../runtime/ledger-requests.ts'
import type { Clients } from '../clients.ts'

type Ledgers = Pick<Clients, 'cassandra'>

/** Stops a pipeline's schedule until it is resumed, over deployments too. Runs that go on are not touched. */
export async function pauseSchedule(aws: AwsEndpoint, { cassandra }: Ledgers, pipeline: string): Promise<void> {
  await save(cassandra, pipeline, 'paused')
  await disableRule(aws, pipeline)
}

/** Lets the schedule of a pipeline go on. */
export async function resumeSchedule(aws: AwsEndpoint, { cassandra }: Ledgers, pipeline: string): Promise<void> {
  await save(cassandra, pipeline, 'enabled')
  await new EventBridgeClient(awsConfig(aws)).send(new EnableRuleCommand({ Name: ruleName(pipeline) }))
}

/** Whether the schedule of a pipeline is paused. */
export async function isPaused({ cassandra }: Ledgers, pipeline: string): Promise<boolean> {
  return (await ledgerOf(cassandra, pipeline).scheduleState()) === 'paused'
}

/** The pipelines whose schedule is paused. */
export async function pausedPipelines({ cassandra }: Ledgers): Promise<ReadonlySet<string>> {
  const rows = await ledgerRequests(cassandra).all(selectAll(keyspace, scheduleStatesTable), [])
  return new Set(rows.filter(({ state }) => state === 'paused').map(({ pipeline }) => String(pipeline)))
}

/** Disables again the rules of what is paused, which a deployment may have enabled: until then ingest refuses their ticks. */
export async function keepPaused(aws: AwsEndpoint, clients: Ledgers): Promise<void> {
  for (const { name } of pipelines) if (await isPaused(clients, name)) await disableRule(aws, name)
}

async function save(cassandra: Client, pipeline: string, state: ScheduleState): Promise<void> {
  await ledgerRequests(cassandra).put(scheduleStatesTable, { pipeline, state, since: Date.now() })
}

async function disableRule(aws: AwsEndpoint, pipeline: string): Promise<void> {
  await new EventBridgeClient(awsConfig(aws)).send(new DisableRuleCommand({ Name: ruleName(pipeline) }))
}
