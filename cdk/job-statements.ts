/**
 * What the role of a job's runs may do on AWS, written out from the job.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Aws } from 'aws-cdk-lib/core'
import type { JobDefinition } from '../src/core/job.ts'
import { valueSubject } from '../src/core/names.ts'
import { allow, arn, kafkaArn, onAll } from './aws-statements.ts'
import type { Cluster } from './cluster.ts'

/** What a job works with. */
export type JobStatementsProps = {
  readonly job: JobDefinition
  /** Begins the names of the consumer groups of its queries. */
  readonly groupPrefix: string
  readonly cluster: Cluster
  readonly registryName: string
  /** ARN of the bucket of checkpoints, and the folder of this job's. */
  readonly bucketArn: string
  readonly folder: string
  /** What the job is made of: ARN of its bucket, and keys. */
  readonly assets: { readonly bucketArn: string; readonly keys: readonly string[] }
  readonly logGroupArn: string
}

/** The statements of a job's role. */
export function jobStatements(props: JobStatementsProps): PolicyStatement[] {
  return [...kafkaStatements(props), ...glueStatements(props), ...storeStatements(props), ...logStatements(props)]
}

const topicsOf = ({ sources }: JobDefinition) => [...new Set(Object.values(sources).map(({ topic }) => topic))]

function kafkaStatements({ job, groupPrefix, cluster }: JobStatementsProps): PolicyStatement[] {
  if (cluster.access.kind === 'scram') {
    const { secretArn, keyArn } = cluster.access
    return [allow(['secretsmanager:GetSecretValue'], secretArn), allow(['kms:Decrypt'], keyArn)]
  }
  const within = kafkaArn(cluster.arn)
  const topics = topicsOf(job).map((topic) => within('topic', topic))
  return [
    // Kafka's client for Java numbers what it sends.
    allow(['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'], cluster.arn),
    allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], ...topics),
    allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'], within('topic', job.name)),
    // Spark gives each query groups of its own, whose names end at random.
    allow(['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'], within('group', `${groupPrefix}*`)),
  ]
}

function glueStatements({ job, registryName }: JobStatementsProps): PolicyStatement[] {
  const subjects = [...topicsOf(job), job.name].map(valueSubject)
  const schemas = subjects.map((subject) => arn('glue', `schema/${registryName}/${subject}`))
  return [
    allow(['glue:ListSchemaVersions'], arn('glue', `registry/${registryName}`), ...schemas),
    onAll('glue:GetSchemaVersion'),
  ]
}

/** Hadoop asks for what is below a name before it opens it. */
function storeStatements({ bucketArn, folder, assets }: JobStatementsProps): PolicyStatement[] {
  const list = (bucket: string, prefixes: readonly string[]) =>
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket],
      conditions: { StringLike: { 's3:prefix': [...prefixes] } },
    })
  return [
    allow(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], `${bucketArn}/${folder}/*`),
    list(bucketArn, [folder, `${folder}/*`]),
    allow(['s3:GetObject'], ...assets.keys.map((key) => `${assets.bucketArn}/${key}`)),
    list(
      assets.bucketArn,
      assets.keys.flatMap((key) => [key, `${key}/*`]),
    ),
  ]
}

function logStatements({ logGroupArn }: JobStatementsProps): PolicyStatement[] {
  const groups = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`
  return [
    allow(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logGroupArn),
    allow(['logs:DescribeLogGroups'], groups),
  ]
}
