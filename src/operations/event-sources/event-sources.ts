/**
 * Event source mappings as an operator sees them: what is deployed and wanted, what the pollers say, how far the group
 * is behind; and an operator's word on them. Not for running them: see src/event-source.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { awsAnswer, awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint, Endpoints } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { mappingStateParameterPath } from '../../core/event-source-mapping.ts'
import type { DeployedMapping } from '../../event-source/deployed-mapping.ts'
import type { MappingStatus } from '../../event-source/mapping-status.ts'
import { readMappings } from '../../event-source/mappings.ts'
import { withKafkaAdmin } from '../clients.ts'
import { groupLag, type PartitionLag } from '../flow/lag.ts'
import { type MappingSetting, mappingSettings } from './event-source-settings.ts'
import { runningPollers } from './poller-status.ts'

/** What a running poller says of a mapping. */
export type PollerWord = {
  /** Of its process. */
  readonly pid: number
  /** The command that runs it. */
  readonly name: string
  /** When it said so, in ms since the epoch. */
  readonly at: number
  readonly status: MappingStatus
}

/** A deployed mapping; function, topic and group are null where its definition is refused. */
export type EventSource = {
  readonly id: string
  readonly functionName: string | null
  readonly topic: string | null
  readonly consumerGroupId: string | null
  /** Whether it is to run: an operator's word, else the definition's. */
  readonly isWanted: boolean
  /** Whose word that is. */
  readonly wantedBy: 'operator' | 'definition'
  /** Why the definition is refused. */
  readonly problem: string | null
  readonly settings: readonly MappingSetting[]
  /** Those that run and have the mapping; one that has stopped within a process that lives on is none. */
  readonly pollers: readonly PollerWord[]
  /** From the group's offsets; null when Kafka does not answer or the topic does not exist. */
  readonly lag: readonly PartitionLag[] | null
}

/** How long one request may take, in ms. */
const answerDeadlineMs = 10_000

/** Where to look: the environment's endpoints and its folder. */
export type EventSourcePlace = { readonly endpoints: Endpoints; readonly folder: string }

/** All deployed mappings, ordered by id. Kafka need not be up. Fails with AWS_UNAVAILABLE. */
export async function eventSources(place: EventSourcePlace): Promise<EventSource[]> {
  return described(await deployedMappings(place.endpoints.aws), place)
}

/** The mapping with that id. Fails with ARGUMENT_INVALID, naming those there are, or AWS_UNAVAILABLE. */
export async function eventSource(id: string, place: EventSourcePlace): Promise<EventSource> {
  const [source] = await described([await deployedMapping(id, place.endpoints.aws)], place)
  return source as EventSource
}

/** A mapping as it is deployed. Fails with ARGUMENT_INVALID, naming those there are, or AWS_UNAVAILABLE. */
export async function deployedMapping(id: string, aws: AwsEndpoint): Promise<DeployedMapping> {
  const all = await deployedMappings(aws)
  const found = all.find((each) => each.id === id)
  if (found) return found
  const there =
    all.length === 0 ? 'none is deployed: "npm start" does it' : `there are ${all.map((m) => m.id).join(', ')}`
  throw new SluiceError('ARGUMENT_INVALID', `there is no event source mapping "${id}": ${there}`)
}

async function deployedMappings(aws: AwsEndpoint): Promise<DeployedMapping[]> {
  const ssm = openSsm(aws)
  try {
    return await awsAnswer(aws, 'the event source mappings', readMappings(ssm))
  } finally {
    ssm.destroy()
  }
}

/** A client that gives up on an emulator that takes requests and answers none. */
function openSsm(aws: AwsEndpoint): SSMClient {
  return new SSMClient({
    ...awsConfig(aws),
    maxAttempts: 2,
    requestHandler: { requestTimeout: answerDeadlineMs, throwOnRequestTimeout: true },
  })
}

async function described(found: readonly DeployedMapping[], { endpoints, folder }: EventSourcePlace) {
  const lags = await lagsOf(found, endpoints)
  return found.map(({ id, mapping, problem, wanted }, at): EventSource => {
    return {
      id,
      functionName: mapping?.functionName ?? null,
      topic: mapping?.topic ?? null,
      consumerGroupId: mapping?.consumerGroupId ?? null,
      isWanted: mapping !== null && (wanted ?? mapping.enabled),
      wantedBy: wanted === null ? 'definition' : 'operator',
      problem,
      settings: mapping ? mappingSettings(mapping) : [],
      pollers: pollersOf(id, folder),
      lag: lags[at] ?? null,
    }
  })
}

function pollersOf(id: string, folder: string): PollerWord[] {
  return runningPollers(folder).flatMap(({ mappings, ...poller }) => {
    const status = mappings.find((each) => each.id === id)
    return status && status.state !== 'Stopped' ? [{ ...poller, status }] : []
  })
}

async function lagsOf(found: readonly DeployedMapping[], endpoints: Endpoints): Promise<(PartitionLag[] | null)[]> {
  const nothing = (error: unknown) => {
    if (!(error instanceof SluiceError)) throw error
    return null
  }
  const all = withKafkaAdmin(endpoints, (admin) =>
    Promise.all(
      found.map(async ({ mapping }) =>
        mapping ? groupLag(admin, mapping.consumerGroupId, mapping.topic).catch(nothing) : null,
      ),
    ),
  )
  return (await all.catch(nothing)) ?? []
}

/** How a word was received. */
export type WordReceived = {
  readonly id: string
  readonly isWanted: boolean
  /** Whether every poller that has the mapping runs it, or has ended it, as wanted; null when no poller runs. */
  readonly isTakenOn: boolean | null
  readonly pollers: readonly PollerWord[]
}

/** A poller looks each second, lets invocations end for ten, and tells each second. */
const takeOnDeadlineMs = 30_000
const pollMs = 100

/**
 * Stores that a mapping is to run, or not, and waits until the pollers have taken that on, for 30 s at most. A later
 * deployment leaves it alone. Fails with ARGUMENT_INVALID when there is no such mapping, or AWS_UNAVAILABLE.
 */
export async function wantEventSource(
  id: string,
  isWanted: boolean,
  { endpoints, folder }: EventSourcePlace,
  signal: AbortSignal,
): Promise<WordReceived> {
  await deployedMapping(id, endpoints.aws)
  const ssm = openSsm(endpoints.aws)
  const Value = isWanted ? 'enabled' : 'disabled'
  try {
    const Name = mappingStateParameterPath + id
    const sent = ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }))
    await awsAnswer(endpoints.aws, `the state of mapping "${id}"`, sent)
  } finally {
    ssm.destroy()
  }
  const deadline = Date.now() + takeOnDeadlineMs
  for (;;) {
    const pollers = pollersOf(id, folder)
    if (pollers.length === 0) return { id, isWanted, isTakenOn: null, pollers }
    const isTakenOn = pollers.every(({ status }) => status.state === (isWanted ? 'Enabled' : 'Disabled'))
    if (isTakenOn || Date.now() > deadline || signal.aborted) return { id, isWanted, isTakenOn, pollers }
    await delay(pollMs)
  }
}
