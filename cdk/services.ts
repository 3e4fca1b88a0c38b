/**
 * What a target gives the functions that run there, as data: so that no construct asks which target it is for.
 */
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { FunctionEnvironment } from '../src/core/environment.ts'
import type {
  EventSourceMappingProperties,
  ManagedEventSourceMappingProperties,
  ManagedKafkaSource,
} from '../src/core/event-source-mapping.ts'
import { cassandraSecretName } from '../src/core/names.ts'
import { isThisMachine, type Pipeline } from '../src/core/pipeline.ts'
import type { Topology } from '../src/core/topology.ts'
import type { Access } from './access.ts'
import { functionEnvironment, type Settings } from './settings.ts'
import { standIn } from './source-place.ts'

/** Where a function runs in a VPC. */
export type FunctionNetwork = {
  readonly vpc: IVpc
  readonly vpcSubnets: SubnetSelection
  readonly securityGroups: ISecurityGroup[]
}

/** The source of an ingest: `standIn` is the URL in place of the pipeline's own; null where this is reached itself. */
export type FunctionSource = { readonly standIn: string | null }

/** The properties of a mapping of any source. */
export type MappingProperties = EventSourceMappingProperties | ManagedEventSourceMappingProperties

/** The part of a mapping's properties that names the source: the rest follows from the pipeline. */
export type MappingSource =
  | Pick<EventSourceMappingProperties, 'SelfManagedEventSource' | 'SelfManagedKafkaEventSourceConfig'>
  | ManagedKafkaSource

/** The Kafka, Cassandra and registry of a target, as its functions meet them. */
export type Services = {
  /** What every function is told; the ingest gets its source besides. */
  readonly environment: FunctionEnvironment
  /** Where a pipeline's ingest finds its source. */
  readonly sourceOf: (pipeline: Pipeline) => FunctionSource
  /** Null where functions run in no VPC. `sources` says whether the function reads them. */
  readonly network: (reads: 'services' | 'sources') => FunctionNetwork | null
  /** The statements that let the function of a name do what it needs, and nothing else. */
  readonly statements: (scope: Construct, functionName: string, access: Access) => PolicyStatement[]
  /** The source of a mapping for a topic with so many partitions and a consumer group. */
  readonly mappingSource: (group: string, partitions: number) => MappingSource
  /** As what a mapping is deployed: the real resource, or an SSM parameter that the poller reads. */
  readonly mappings: 'resource' | 'parameter'
  /** The part of the model that the custom resource makes; CloudFormation makes the rest. */
  readonly ensured: (topology: Topology) => Topology
  readonly logRetention: RetentionDays
}

/** The services at the addresses that context names: Kafka and registry without, Cassandra with a login. */
export function localServices(settings: Settings): Services {
  return {
    environment: functionEnvironment(settings),
    sourceOf: (pipeline) => {
      const { bundled, url } = pipeline.source
      const own = bundled === undefined || settings.sources === 'live' ? url : null
      if (own === null) return { standIn: standIn(settings.sourceUrl, pipeline) }
      // The ingest reads an address that is not public only where the deployment names it.
      return { standIn: isThisMachine(own) ? own : null }
    },
    network: () => null,
    statements: (scope, _, { select, modify, ensureTables, secrets }) => {
      const login = select.length + modify.length > 0 || ensureTables ? [cassandraSecretName] : []
      return [...login, ...secrets].map((name) => readSecret(scope, name))
    },
    mappingSource: (group) => ({
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: settings.pollerBootstrapServers } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
    }),
    mappings: 'parameter',
    ensured: (topology) => topology,
    logRetention: RetentionDays.TWO_WEEKS,
  }
}

/** A secret that is known by name only: Secrets Manager adds six characters to its ARN. */
function readSecret(scope: Construct, name: string): PolicyStatement {
  const arn = Stack.of(scope).formatArn({ service: 'secretsmanager', resource: `secret:${name}-??????` })
  return new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] })
}
