/**
 * The CDK app: all pipelines, for the target that context names. Run by `cdk`; see cdk.json.
 */
import { App } from 'aws-cdk-lib/core'
import { install } from '../scripts/install.mjs'
import { SluiceError } from '../src/core/errors.ts'
import { addStacks } from './add-stacks.ts'
import { loadPipelines } from './pipeline-files.ts'

try {
  // Synthesized below, and not at the end of the process too: a refused app must leave no assembly.
  const app = new App({ autoSynth: false })
  const pipelines = await loadPipelines()
  if (app.node.tryGetContext('target') === 'aws') {
    await install({ report: (line) => process.stderr.write(`${line}\n`), purpose: 'deployment' })
  }
  addStacks(app, process.env, pipelines)
  app.synth()
} catch (error) {
  if (!(error instanceof SluiceError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
