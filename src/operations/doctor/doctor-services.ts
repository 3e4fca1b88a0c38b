/**
 * Checks of a running environment's services: each is asked what only a working one can answer.
 */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { awsConfig } from '../../connect/aws.ts'
import { connectRegistry } from '../../connect/registry.ts'
import { selectNode } from '../../core/cql.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { SluiceError } from '../../core/errors.ts'
import { foldersOf, serviceTitles } from '../../local/service.ts'
import { type Clients, openClients } from '../clients.ts'
import { checked, type Finding, ok, problem } from './doctor-finding.ts'

/** What the checks of services found, and clients where Kafka and Cassandra answer. */
export type ServiceFindings = { readonly findings: readonly Finding[]; readonly clients: Clients | null }

/** Asks each service a question. The caller closes the clients. */
export async function checkServices(endpoints: Endpoints, folder: string): Promise<ServiceFindings> {
  const remedy = (name: keyof typeof serviceTitles) =>
    name === 'source'
      ? 'stop the environment and start it again: the source runs inside its process'
      : `see ${foldersOf(folder).logFile(name)}; then "npm run sluice -- down" and "npm start"`
  let clients: Clients | null = null
  const [stores, registry, emulator, source] = await Promise.all([
    checked('Kafka and Cassandra', `${remedy('kafka')}; and the same for Cassandra`, async () => {
      try {
        clients = await openClients(endpoints)
      } catch (error) {
        const name = (error as SluiceError).code.startsWith('CASSANDRA') ? 'cassandra' : 'kafka'
        return problem(serviceTitles[name], (error as Error).message, remedy(name))
      }
      return Promise.all([askKafka(clients), askCassandra(clients, remedy('cassandra'))])
    }),
    checked(serviceTitles.registry, remedy('registry'), () => askRegistry(endpoints)),
    checked(serviceTitles.emulator, remedy('emulator'), () => askEmulator(endpoints)),
    checked(serviceTitles.source, remedy('source'), () => askSource(endpoints)),
  ])
  return { findings: [...stores, ...registry, ...emulator, ...source], clients }
}

async function askKafka({ admin }: Clients): Promise<Finding> {
  const { brokers, controller } = await admin.describeCluster()
  if (controller === null) throw new Error('Kafka has no controller')
  const topics = await admin.listTopics()
  return ok('Kafka', `${brokers.length} ${brokers.length === 1 ? 'broker' : 'brokers'}, ${topics.length} topics`)
}

async function askCassandra({ cassandra }: Clients, remedy: string): Promise<Finding> {
  try {
    const result = await cassandra.execute(selectNode)
    const { release_version: version, bootstrapped } = result.first() ?? {}
    if (bootstrapped === 'COMPLETED') return ok('Cassandra', `version ${version}`)
    return problem('Cassandra', `its state is ${bootstrapped}`, remedy)
  } catch (error) {
    return problem('Cassandra', (error as Error).message, remedy)
  }
}

async function askRegistry({ registry }: Endpoints): Promise<Finding> {
  const subjects = await connectRegistry(registry, 5_000).subjects()
  return ok('Schema registry', `${subjects.length} subjects`)
}

async function askEmulator({ aws }: Endpoints): Promise<Finding> {
  const client = new CloudFormationClient({
    ...awsConfig(aws),
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
  })
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
    return ok('AWS emulator', `${Stacks.length} stacks`)
  } finally {
    client.destroy()
  }
}

async function askSource({ source }: Endpoints): Promise<Finding> {
  const response = await fetch(source.url, { signal: AbortSignal.timeout(5_000) })
  if (!response.ok) throw new Error(`the source answers with status ${response.status}`)
  await response.json()
  return ok('Source', 'the bundled source answers')
}
