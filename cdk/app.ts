/**
 * The CDK app: all pipelines, for the target that context names. Run by `cdk`; see cdk.json.
 */
import { App } from 'aws-cdk-lib/core'
import { SluiceError } from '../src/core/errors.ts'
import { loadPipelines } from './pipeline-files.ts'
import { readSettings } from './settings.ts'
import { DataStack } from './stacks/data-stack.ts'
import { PipelinesStack } from './stacks/pipelines-stack.ts'

try {
  // Synthesized below, and not at the end of the process too: a refused app must leave no assembly.
  const app = new App({ autoSynth: false })
  const settings = readSettings((key) => app.node.tryGetContext(key), process.env)
  const pipelines = await loadPipelines()
  const data = new DataStack(app, { settings, pipelines })
  const moving = new PipelinesStack(app, { settings, pipelines })
  // A change that topics, tables or the registry refuse must not reach the functions.
  if (settings.stacks === 'inOrder') moving.addStackDependency(data, 'functions need their topics, tables and schemas')
  app.synth()
} catch (error) {
  if (!(error instanceof SluiceError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
