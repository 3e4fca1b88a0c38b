/**
 * A table of Amazon Keyspaces from a table of the model.
 */
import { type CfnKeyspace, CfnTable } from 'aws-cdk-lib/aws-cassandra'
import type { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { SluiceError } from '../../src/core/errors.ts'
import { type CqlType, keyColumns, type Table } from '../../src/core/table.ts'

export type KeyspacesTableProps = {
  readonly keyspace: CfnKeyspace
  readonly table: Table
  readonly removal: RemovalPolicy
}

/** What CloudFormation takes as the name of a table or column. */
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_]{1,47}$/
/** 20 years: the longest time to live of Keyspaces. */
const longestTtlSeconds = 630_720_000

/** How Keyspaces calls each CQL type. */
const typeNames = {
  text: 'text',
  uuid: 'uuid',
  int: 'int',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  blob: 'blob',
  'list<text>': 'list<text>',
  'list<int>': 'list<int>',
} as const satisfies Record<CqlType, string>

/** Write times are the client's, as each follows from its record. Fails with PIPELINE_INVALID where Keyspaces cannot hold it. */
export class KeyspacesTable extends CfnTable {
  constructor(scope: Construct, id: string, { keyspace, table, removal }: KeyspacesTableProps) {
    expectHeld(table)
    const column = (columnName: string) => ({ columnName, columnType: typeNames[table.columns[columnName] as CqlType] })
    const key = keyColumns(table)
    const orderBy = table.clusteringOrder === 'descending' ? 'DESC' : 'ASC'
    super(scope, id, {
      keyspaceName: keyspace.ref,
      tableName: table.name,
      partitionKeyColumns: table.partitionKey.map(column),
      clusteringKeyColumns: table.clusteringColumns.map((name) => ({ column: column(name), orderBy })),
      regularColumns: Object.keys(table.columns)
        .filter((name) => !key.includes(name))
        .map(column),
      billingMode: { mode: 'ON_DEMAND' },
      clientSideTimestampsEnabled: true,
      ...(table.ttlSeconds === null ? {} : { defaultTimeToLive: table.ttlSeconds }),
      pointInTimeRecoveryEnabled: true,
      encryptionSpecification: { encryptionType: 'AWS_OWNED_KMS_KEY' },
    })
    this.applyRemovalPolicy(removal)
  }
}

function expectHeld({ name, columns, ttlSeconds }: Table): void {
  const wrong = [name, ...Object.keys(columns)].find((each) => !namePattern.test(each))
  if (wrong !== undefined) {
    throw invalid(`table "${name}": "${wrong}" must be 2 to 48 letters, digits and underscores on target aws`)
  }
  if (ttlSeconds !== null && ttlSeconds > longestTtlSeconds) {
    throw invalid(`table "${name}": ttlSeconds is ${ttlSeconds}, but on target aws ${longestTtlSeconds} is the most`)
  }
}

function invalid(message: string): SluiceError {
  return new SluiceError('PIPELINE_INVALID', message)
}
