/**
 * Cassandra: a keyspace of Amazon Keyspaces and the tables of the model.
 */
import { CfnKeyspace } from 'aws-cdk-lib/aws-cassandra'
import { type App, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Topology } from '../../src/core/topology.ts'
import type { AwsSettings } from '../aws-settings.ts'
import { KeyspacesTable } from '../constructs/keyspaces-table.ts'

export type StorageStackProps = StackProps & { readonly settings: AwsSettings; readonly topology: Topology }

/** On-demand capacity, encrypted by the service; each table can be restored to any second of the last 35 days. */
export class StorageStack extends Stack {
  constructor(app: App, id: string, { settings, topology, ...props }: StorageStackProps) {
    super(app, id, { description: 'Sluice: tables', ...props })
    const removal = settings.data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    const keyspace = new CfnKeyspace(this, 'Keyspace', {
      keyspaceName: topology.keyspace,
      replicationSpecification: { replicationStrategy: 'SINGLE_REGION' },
    })
    keyspace.applyRemovalPolicy(removal)
    for (const table of topology.tables) new KeyspacesTable(this, table.name, { keyspace, table, removal })
  }
}
