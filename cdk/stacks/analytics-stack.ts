/**
 * Analytics on AWS: an application of EMR Serverless and a run of each job. Their checkpoints are in the storage stack.
 */
import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { type App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import { Provider } from 'aws-cdk-lib/custom-resources'
import type { DeclaredJob } from '../../src/core/declared-jobs.ts'
import { noAccess } from '../access.ts'
import type { AwsSettings } from '../aws-settings.ts'
import { arn } from '../aws-statements.ts'
import type { Cluster } from '../cluster.ts'
import { BundledFunction } from '../constructs/bundled-function.ts'
import { JobRun } from '../constructs/job-run.ts'
import { FunctionLogGroup } from '../constructs/log-group.ts'
import { RuntimeLayer } from '../constructs/runtime-layer.ts'
import type { Services } from '../services.ts'
import type { Network } from './network-stack.ts'

export type AnalyticsStackProps = StackProps & {
  readonly settings: AwsSettings
  readonly jobs: readonly DeclaredJob[]
  readonly network: Network
  readonly cluster: Cluster
  readonly registryName: string
  readonly checkpoints: IBucket
  readonly services: Services
}

const handlerName = 'sluice-job-run'
const providerName = 'sluice-job-run-provider'
const passedTo = { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } }

export class AnalyticsStack extends Stack {
  readonly applicationName: string
  readonly application: CfnApplication
  readonly logGroup: LogGroup

  constructor(app: App, id: string, props: AnalyticsStackProps) {
    const { settings, jobs, network, cluster, registryName, checkpoints, services, ...rest } = props
    super(app, id, { description: 'Sluice: analytics jobs', ...rest })
    this.applicationName = `sluice-${settings.stage}`
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/emr-serverless/${this.applicationName}`,
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // Nothing here follows from the jobs: EMR changes no application while one of them runs.
    this.application = new CfnApplication(this, 'Application', {
      name: this.applicationName,
      type: 'SPARK',
      releaseLabel: 'emr-spark-8.0.0',
      architecture: 'ARM64',
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 },
      networkConfiguration: {
        subnetIds: network.vpc.selectSubnets(network.privateSubnets).subnetIds,
        securityGroupIds: [network.jobs.securityGroupId],
      },
    })
    const { serviceToken, handler } = this.runs(services)
    const made = jobs.map(
      ({ pipeline, job }) =>
        new JobRun(this, job.name, {
          pipeline,
          job,
          application: this.application,
          cluster,
          registryName,
          checkpoints,
          logGroup: this.logGroup,
          serviceToken,
        }),
    )
    for (const { role } of made) handler.allow('iam:PassRole', role.roleArn, passedTo)
  }

  /** The custom resource of runs. Its function is outside the VPC: it speaks to EMR Serverless alone, which has no endpoint here. */
  private runs(services: Services): { serviceToken: string; handler: BundledFunction } {
    const handler = new BundledFunction(this, 'JobRun', {
      name: handlerName,
      description: 'Starts and ends the runs of analytics jobs',
      bundle: { entry: 'job-run.ts', alias: {} },
      timeout: Duration.minutes(15),
      services: { ...services, network: () => null, statements: () => [] },
      access: noAccess,
      source: null,
      layer: new RuntimeLayer(this, 'RuntimeLayer'),
    })
    const application = arn('emr-serverless', `/applications/${this.application.attrApplicationId}`)
    for (const action of ['ListJobRuns', 'StartJobRun', 'GetApplication', 'StopApplication']) {
      handler.allow(`emr-serverless:${action}`, application)
    }
    handler.allow('emr-serverless:CancelJobRun', `${application}/jobruns/*`)
    const logGroup = new FunctionLogGroup(this, 'ProviderLogs', providerName, services.logRetention)
    const role = new Role(this, 'ProviderRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(logGroup.writeStatement)
    const { serviceToken } = new Provider(this, 'Provider', {
      onEventHandler: handler.function,
      providerFunctionName: providerName,
      frameworkOnEventRole: role,
      logGroup,
    })
    return { serviceToken, handler }
  }
}
