/**
 * The custom resource of topics, tables and subjects: what CloudFormation asks of it, and what it answers.
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { type FunctionEnvironment, parseEnvironment } from '../../core/environment.ts'
import type { Topology } from '../../core/topology.ts'
import { logger } from '../logging.ts'
import { ensureSubjects } from './subjects.ts'
import { ensureTables } from './tables.ts'
import { ensureTopics } from './topics.ts'
import { defaultPatience, type Patience } from './wait.ts'

/** One resource per account: its id never changes, so that an update never counts as a replacement. */
const resourceId = 'sluice-topology'

/**
 * The `onEvent` handler of a CDK `Provider`. Create and Update ensure the model in property `Topology` (JSON); Delete keeps the data.
 * Delivery guarantees: every step is idempotent, so a repeated event changes nothing; a failed one leaves what was done.
 */
export function topologyHandler() {
  const environment = parseEnvironment(process.env)
  return async (event: CloudFormationCustomResourceEvent): Promise<{ PhysicalResourceId: string }> => {
    if (event.RequestType !== 'Delete') {
      const topology = JSON.parse(event.ResourceProperties.Topology) as Topology
      await ensureTopology(environment, topology)
    }
    return { PhysicalResourceId: resourceId }
  }
}

/**
 * Makes topics, tables and subjects those of the model, each kind as soon as its service answers. A model without tables
 * leaves Cassandra alone: CloudFormation makes those of Keyspaces. Fails with the first failure, after all kinds ended.
 */
export async function ensureTopology(
  environment: FunctionEnvironment,
  { keyspace, topics, tables, subjects }: Topology,
  patience: Patience = defaultPatience,
): Promise<void> {
  const results = await Promise.allSettled([
    timed('topics', ensureTopics(environment, topics, patience)),
    ...(tables.length > 0 ? [timed('tables', ensureTables(environment.cassandra, keyspace, tables, patience))] : []),
    timed('subjects', ensureSubjects(environment.registry, subjects, patience)),
  ])
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function timed(kind: string, work: Promise<string[]>): Promise<void> {
  const start = performance.now()
  const changes = await work
  logger.info(`${kind} ensured`, { changes, durationMs: Math.round(performance.now() - start) })
}
