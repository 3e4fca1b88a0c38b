/**
 * What is kept: a keyspace of Amazon Keyspaces with the tables of the model, and the checkpoints of analytics jobs in S3.
 */
import { CfnKeyspace } from 'aws-cdk-lib/aws-cassandra'
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3'
import { type App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { JobDefinition } from '../../src/core/job.ts'
import type { Topology } from '../../src/core/topology.ts'
import type { AwsSettings } from '../aws-settings.ts'
import { KeyspacesTable } from '../constructs/keyspaces-table.ts'

export type StorageStackProps = StackProps & {
  readonly settings: AwsSettings
  readonly topology: Topology
  readonly jobs: readonly JobDefinition[]
}

/** On-demand capacity, encrypted by the service; each table can be restored to any second of the last 35 days. */
export class StorageStack extends Stack {
  /** Holds the checkpoints of jobs; null where there are no jobs. */
  readonly checkpoints: IBucket | null

  constructor(app: App, id: string, { settings, topology, jobs, ...props }: StorageStackProps) {
    super(app, id, { description: 'Sluice: tables and checkpoints', ...props })
    const removal = settings.data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    const keyspace = new CfnKeyspace(this, 'Keyspace', {
      keyspaceName: topology.keyspace,
      replicationSpecification: { replicationStrategy: 'SINGLE_REGION' },
    })
    keyspace.applyRemovalPolicy(removal)
    for (const table of topology.tables) new KeyspacesTable(this, table.name, { keyspace, table, removal })
    this.checkpoints = jobs.length > 0 ? this.bucket(removal) : null
  }

  /** Without versions, as an old one of one file is no checkpoint. CloudFormation deletes it only when it is empty. */
  private bucket(removalPolicy: RemovalPolicy): IBucket {
    const bucket = new Bucket(this, 'Checkpoints', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    })
    // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
    return bucket as IBucket
  }
}
