/**
 * The stacks of target aws, in the order in which they need each other.
 */
import { type App, Stack, Tags } from 'aws-cdk-lib/core'
import { declaredJobs } from '../src/core/declared-jobs.ts'
import type { Pipeline } from '../src/core/pipeline.ts'
import { topologyOf } from '../src/core/topology.ts'
import { awsServices } from './aws-services.ts'
import { type AwsSettings, chosenPipelines, expectReachable } from './aws-settings.ts'
import { AnalyticsStack } from './stacks/analytics-stack.ts'
import { DataStack } from './stacks/data-stack.ts'
import { NetworkStack } from './stacks/network-stack.ts'
import { ObservabilityStack } from './stacks/observability-stack.ts'
import { PipelinesStack } from './stacks/pipelines-stack.ts'
import { RegistryStack } from './stacks/registry-stack.ts'
import { StorageStack } from './stacks/storage-stack.ts'
import { StreamingStack } from './stacks/streaming-stack.ts'

/** A changed tag would replace the cluster, records and all, and is refused of an application whose jobs run. */
const untagged = { excludeResourceTypes: ['AWS::MSK::ServerlessCluster', 'AWS::EMRServerless::Application'] }

/**
 * Adds the stacks to an app. Their names hold the stage, so that a deployment of another stage to the same account
 * fails on names that are taken instead of changing what is there. Fails with CONTEXT_INVALID or PIPELINE_INVALID.
 */
export function addAwsStacks(app: App, settings: AwsSettings, all: readonly Pipeline[]) {
  const pipelines = chosenPipelines(settings, all)
  expectReachable(settings, pipelines)
  const { target, stage } = settings
  const common = {
    settings,
    // Left out, and not undefined: a stack without them is bound to no account.
    env: {
      ...(target.account ? { account: target.account } : {}),
      ...(target.region ? { region: target.region } : {}),
    },
    terminationProtection: settings.data === 'keep',
  }
  const id = (part: string) => `sluice-${stage}-${part}`
  const topology = topologyOf(pipelines)
  const jobs = declaredJobs(pipelines)

  const network = new NetworkStack(app, id('network'), { ...common, pipelines })
  const streaming = new StreamingStack(app, id('streaming'), { ...common, network: network.network })
  const storage = new StorageStack(app, id('storage'), { ...common, topology, jobs: jobs.map(({ job }) => job) })
  const registry = new RegistryStack(app, id('registry'), common)
  const services = awsServices({
    settings,
    network: network.network,
    cluster: streaming.cluster,
    registryName: registry.registryName,
  })
  const data = new DataStack(app, id('topics'), {
    ...common,
    terminationProtection: false,
    description: 'Sluice: topics and schemas',
    topology,
    services,
  })
  const moving = new PipelinesStack(app, id('pipelines'), {
    ...common,
    terminationProtection: false,
    pipelines,
    services,
  })
  const { checkpoints } = storage
  const analytics =
    checkpoints === null
      ? null
      : new AnalyticsStack(app, id('analytics'), {
          ...common,
          terminationProtection: false,
          jobs,
          network: network.network,
          cluster: streaming.cluster,
          registryName: registry.registryName,
          checkpoints,
          services,
        })
  analytics?.addStackDependency(data, 'jobs need their topics and schemas')
  const observability = new ObservabilityStack(app, id('observability'), {
    ...common,
    terminationProtection: false,
    pipelines: moving.deployed,
    runs: moving.runs,
    alerts: moving.alerts,
    analytics,
  })
  observability.addStackDependency(moving, 'it counts in the logs of functions')
  data.addStackDependency(registry, 'schemas are registered in it')
  for (const each of [data, storage]) {
    // A change that topics, tables or the registry refuse must not reach the functions.
    moving.addStackDependency(each, 'functions need their topics, tables and schemas')
  }
  for (const each of app.node.children.filter(Stack.isStack)) {
    Tags.of(each).add('sluice:stage', stage, untagged)
    // CloudFormation applies a new deletion policy only together with another change: this tag is one in every stack.
    Tags.of(each).add('sluice:data', settings.data, untagged)
  }
  return {
    network,
    streaming,
    storage,
    registry,
    data,
    pipelines: moving,
    observability,
    ...(analytics ? { analytics } : {}),
  }
}
