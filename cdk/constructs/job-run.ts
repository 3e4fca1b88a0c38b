/**
 * A job on EMR Serverless: what it is made of, its role, and the run that a deployment starts and its end ends.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CfnApplication } from 'aws-cdk-lib/aws-emrserverless'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { Aws, CustomResource, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { emrFolder } from '../../scripts/install/paths.mjs'
import type { JobDefinition } from '../../src/core/job.ts'
import { querySettings } from '../../src/core/job-template.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import type { Cluster } from '../cluster.ts'
import { jobStatements } from '../job-statements.ts'
import { writeJobTemplate } from '../pipeline-files.ts'

export type JobRunProps = {
  readonly pipeline: Pipeline
  readonly job: JobDefinition
  readonly application: CfnApplication
  readonly cluster: Cluster
  readonly registryName: string
  /** With a folder for each job. */
  readonly checkpoints: IBucket
  readonly logGroup: ILogGroup
  /** Of the custom resource that starts and ends runs. */
  readonly serviceToken: string
}

const clone = resolve(import.meta.dirname, '../..')

/** How often a batch begins at most: each writes some twenty objects to S3. */
const trigger = '30 seconds'

/** A driver and an executor, of the smallest kind; the rest of their memory is what Spark takes besides. */
const workers = {
  'spark.driver.cores': 1,
  'spark.driver.memory': '2g',
  'spark.executor.cores': 1,
  'spark.executor.memory': '2g',
  'spark.executor.instances': 1,
  'spark.dynamicAllocation.enabled': false,
}

/** EMR starts a run that failed again, so often an hour at most; then the run is over. */
const failuresAnHour = 10

export class JobRun extends Construct {
  readonly role: Role

  constructor(scope: Construct, id: string, props: JobRunProps) {
    super(scope, id)
    const { pipeline, job, application, cluster, registryName, checkpoints, logGroup, serviceToken } = props
    const name = `sluice-${pipeline.name}-${job.name}`
    const runner = new Asset(this, 'Runner', { path: join(clone, 'spark/runner.py') })
    const template = new Asset(this, 'Template', { path: writeJobTemplate(pipeline, job) })
    const jars = readdirSync(join(emrFolder, 'jars'))
      .sort()
      .map((file) => new Asset(this, file, { path: join(emrFolder, 'jars', file) }))
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('emr-serverless.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    })
    const statements = jobStatements({
      job,
      groupPrefix: name,
      cluster,
      registryName,
      bucketArn: checkpoints.bucketArn,
      folder: name,
      assets: {
        bucketArn: runner.bucket.bucketArn,
        keys: [runner, template, ...jars].map(({ s3ObjectKey }) => s3ObjectKey),
      },
      logGroupArn: logGroup.logGroupArn,
    })
    for (const statement of statements) this.role.addToPolicy(statement)

    const settings = {
      ...workers,
      ...querySettings,
      // A batch is hundreds of lines else, and CloudWatch is paid by them.
      'spark.log.level': 'WARN',
      'spark.jars': jars.map(({ s3ObjectUrl }) => s3ObjectUrl).join(','),
    }
    const json = (value: unknown) => Stack.of(this).toJsonString(value)
    const given = {
      template: template.s3ObjectUrl,
      checkpoint: checkpoints.s3UrlForObject(`${name}/checkpoint`),
      trigger,
      kafka: json({ ...kafkaOptions(cluster), groupIdPrefix: name }),
      glue: registryName,
      region: Aws.REGION,
      ...(cluster.access.kind === 'scram' ? { secret: cluster.access.secretArn } : {}),
    }
    const run = new CustomResource(this, 'Run', {
      resourceType: 'Custom::SluiceJobRun',
      serviceToken,
      properties: {
        ApplicationId: application.attrApplicationId,
        Run: json({
          name,
          mode: 'STREAMING',
          executionRoleArn: this.role.roleArn,
          // EMR ends a run after twelve hours otherwise, a stream too.
          executionTimeoutMinutes: 0,
          retryPolicy: { maxFailedAttemptsPerHour: failuresAnHour },
          jobDriver: {
            sparkSubmit: {
              entryPoint: runner.s3ObjectUrl,
              entryPointArguments: Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]),
              sparkSubmitParameters: Object.entries(settings)
                .map(([option, value]) => `--conf ${option}=${value}`)
                .join(' '),
            },
          },
          configurationOverrides: {
            monitoringConfiguration: {
              cloudWatchLoggingConfiguration: {
                enabled: true,
                logGroupName: logGroup.logGroupName,
                logStreamNamePrefix: name,
                logTypes: { SPARK_DRIVER: ['STDOUT', 'STDERR'] },
              },
            },
          },
        }),
      },
    })
    // A run that starts before its role may do anything fails.
    run.node.addDependency(this.role)
  }
}

/** What Spark tells Kafka's clients. The login of a cluster with SCRAM is added by the run itself. */
function kafkaOptions({ bootstrapServers, access }: Cluster): Readonly<Record<string, string>> {
  const common = { 'kafka.bootstrap.servers': bootstrapServers, 'kafka.security.protocol': 'SASL_SSL' }
  if (access.kind === 'scram') return { ...common, 'kafka.sasl.mechanism': 'SCRAM-SHA-512' }
  return {
    ...common,
    'kafka.sasl.mechanism': 'AWS_MSK_IAM',
    'kafka.sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;',
    'kafka.sasl.client.callback.handler.class': 'software.amazon.msk.auth.iam.IAMClientCallbackHandler',
  }
}
