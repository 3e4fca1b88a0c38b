/**
 * The stacks of the target that context names.
 */
import type { App } from 'aws-cdk-lib/core'
import type { Pipeline } from '../src/core/pipeline.ts'
import { addAwsStacks } from './aws-app.ts'
import { readAwsSettings } from './aws-settings.ts'
import { addLocalStacks } from './local-app.ts'
import { readSettings } from './settings.ts'
import { readTarget } from './target.ts'

/** Adds them to an app. Fails with TARGET_INVALID, CONTEXT_INVALID or PIPELINE_INVALID before any is made. */
export function addStacks(
  app: App,
  environment: Readonly<Record<string, string | undefined>>,
  pipelines: readonly Pipeline[],
): void {
  const context = (key: string) => app.node.tryGetContext(key)
  const target = readTarget(context, environment)
  if (target.name === 'aws') {
    const keys = Object.keys(app.node.getAllContext())
    addAwsStacks(app, readAwsSettings(context, keys, target), pipelines)
  } else {
    addLocalStacks(app, readSettings(context, target), pipelines)
  }
}
