/**
 * The stacks of a target whose services are processes: what keeps data, and what moves it.
 */
import type { App } from 'aws-cdk-lib/core'
import type { Pipeline } from '../src/core/pipeline.ts'
import { topologyOf } from '../src/core/topology.ts'
import { localServices } from './services.ts'
import type { Settings } from './settings.ts'
import { DataStack } from './stacks/data-stack.ts'
import { PipelinesStack } from './stacks/pipelines-stack.ts'

/** Adds the stacks to an app. */
export function addLocalStacks(app: App, settings: Settings, pipelines: readonly Pipeline[]) {
  const { account, region } = settings.target
  const env = { account, region }
  const services = localServices(settings)
  const data = new DataStack(app, 'sluice-data', {
    env,
    description: 'Sluice: topics, tables and subjects',
    topology: topologyOf(pipelines),
    services,
  })
  const moving = new PipelinesStack(app, 'sluice-pipelines', { env, pipelines, services })
  // A change that topics, tables or the registry refuse must not reach the functions.
  if (settings.stacks === 'inOrder') moving.addStackDependency(data, 'functions need their topics, tables and schemas')
  return { data, pipelines: moving }
}
