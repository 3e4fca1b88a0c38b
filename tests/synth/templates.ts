/**
 * The templates of the app, synthesized in this process for the tests beside this file.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { App, type Stack } from 'aws-cdk-lib/core'
import { afterAll } from 'vitest'
import { readSettings } from '../../cdk/settings.ts'
import { DataStack } from '../../cdk/stacks/data-stack.ts'
import { PipelinesStack } from '../../cdk/stacks/pipelines-stack.ts'
import { pipelines as allPipelines } from '../../pipelines/index.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'

/** The rules of CloudFormation take a second to load; guard.test.ts runs the whole app under them. */
process.env.CDK_VALIDATION = 'false'

export const root = resolve(import.meta.dirname, '../..')

/** A folder for what a test writes; removed with the end of its file. */
export const scratch = mkdtempSync(join(tmpdir(), 'sluice-synth-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** The stacks without their functions' code, which takes no part in a template but for its hash. */
export function stacks(
  context: Readonly<Record<string, unknown>> = {},
  pipelines: readonly Pipeline[] = allPipelines,
): { data: Stack; pipelines: Stack } {
  const { context: committed } = JSON.parse(readFileSync(resolve(root, 'cdk.json'), 'utf8'))
  const app = new App({
    context: { ...committed, 'aws:cdk:bundling-stacks': [], target: 'embedded', ...context },
    outdir: mkdtempSync(join(scratch, 'assembly-')),
    analyticsReporting: false,
  })
  const settings = readSettings((key) => app.node.tryGetContext(key), {})
  return {
    data: new DataStack(app, { settings, pipelines }),
    pipelines: new PipelinesStack(app, { settings, pipelines }),
  }
}

/** The templates of the stacks. */
export function templates(
  context?: Readonly<Record<string, unknown>>,
  pipelines?: readonly Pipeline[],
): { data: Template; pipelines: Template } {
  const made = stacks(context, pipelines)
  return { data: Template.fromStack(made.data), pipelines: Template.fromStack(made.pipelines) }
}

/** A resource of a template, as far as tests look into it. */
export type Resource = {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties, which differ by type.
  readonly Properties: any
  readonly DependsOn?: readonly string[]
}

/** Logical id and resource of each resource of a type. */
export function resources(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][]
}
