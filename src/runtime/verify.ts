/**
 * The judge of runs, as a function: started each minute, for the pipelines that its event names.
 */

import { connectKafka, kafkaAnswer } from '../connect/kafka.ts'
import type { Announce } from '../connect/run-bus.ts'
import type { FunctionEnvironment } from '../core/environment.ts'
import { SluiceError } from '../core/errors.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { kafkaSecurity } from './access.ts'
import type { ReadingConnections } from './connections.ts'
import type { RemainingTime } from './handler.ts'
import { takeLease } from './lease.ts'
import type { Run } from './ledger.ts'
import { logger } from './logging.ts'
import type { ProofClients } from './proof/clients.ts'
import { judgeRuns, openRuns } from './proof/verify-runs.ts'

/** Names of the pipelines that are deployed, as the schedule gives them. */
export type VerifyEvent = { readonly pipelines: readonly string[] }

/** How many runs were looked at. */
export type VerifySummary = { readonly runs: number }

/** Reading topics to their end may take a minute; a run that is begun on is to be finished. */
const marginMs = 90_000

/**
 * The handler of the judge.
 * Delivery guarantees: a verdict is saved before the bus hears of it, and told once for each attempt and state; one of a
 * pipeline at a time. A pipeline that fails keeps no other from being judged; what is not judged now is with the next
 * start. Fails as reconciling does, with ARGUMENT_INVALID, or KAFKA_UNAVAILABLE, KAFKA_REFUSED, CASSANDRA_UNAVAILABLE, CASSANDRA_REFUSED.
 */
export function verifyHandler(pipelines: readonly Pipeline[], connections: ReadingConnections) {
  return async ({ pipelines: names }: VerifyEvent, context: RemainingTime): Promise<VerifySummary> => {
    if (!Array.isArray(names))
      throw new SluiceError('ARGUMENT_INVALID', 'the event names no pipelines: { "pipelines": ["users"] }')
    const deployed = pipelines.filter(({ name }) => names.includes(name))
    const cassandra = await connections.cassandra()
    const open = await Promise.all(
      deployed.map(async (pipeline) => ({ pipeline, runs: await openRuns(pipeline, cassandra) })),
    )
    const busy = open.filter(({ runs }) => runs.length > 0)
    if (busy.length === 0) return { runs: 0 }
    const clients = await openKafka(connections.environment)
    const goesOn = () => context.getRemainingTimeInMillis() > marginMs
    try {
      const judged = await Promise.allSettled(
        busy.map(({ pipeline, runs }) =>
          judgeAlone(pipeline, runs, { ...clients, cassandra, registry: connections.registry }, goesOn),
        ),
      )
      const failed = judged.find((each) => each.status === 'rejected')
      if (failed) throw failed.reason
    } finally {
      await clients.admin.disconnect().catch(() => {})
    }
    return { runs: busy.flatMap(({ runs }) => runs).length }
  }

  /** Another start may still be at it, as when reading takes long. */
  async function judgeAlone(
    pipeline: Pipeline,
    runs: readonly Run[],
    clients: ProofClients,
    goesOn: () => boolean,
  ): Promise<void> {
    const lease = await takeLease(clients.cassandra, pipeline.name, 'verdicts')
    if (!lease) return
    try {
      await judgeRuns(pipeline, runs, clients, announce, () => goesOn() && lease.isHeld())
    } finally {
      await lease.release()
    }
  }

  /** The log has the verdict also where the bus does not take it. */
  async function announce(event: Parameters<Announce>[0]): Promise<void> {
    logger.info('run judged', event)
    await connections.announce(event).catch((cause) => {
      logger.warn('run event not sent', { pipeline: event.pipeline, run: event.run, kind: (cause as Error).name })
    })
  }
}

async function openKafka({
  bootstrapServers,
  kafka: access,
}: FunctionEnvironment): Promise<Pick<ProofClients, 'kafka' | 'admin'>> {
  const security = await kafkaSecurity(access).catch((cause) => {
    throw new SluiceError('KAFKA_UNAVAILABLE', 'the login of Kafka could not be read from its secret', { cause })
  })
  const kafka = connectKafka({ bootstrapServers, security, clientId: 'sluice-verify' })
  const admin = kafka.admin()
  await kafkaAnswer('a connection', admin.connect())
  return { kafka, admin }
}
