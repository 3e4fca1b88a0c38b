/**
 * The templates of the app, synthesized in this process for the tests beside this file.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { App, type Stack } from 'aws-cdk-lib/core'
import { afterAll } from 'vitest'
import { addAwsStacks } from '../../cdk/aws-app.ts'
import { readAwsSettings } from '../../cdk/aws-settings.ts'
import { addLocalStacks } from '../../cdk/local-app.ts'
import { readSettings } from '../../cdk/settings.ts'
import { readTarget } from '../../cdk/target.ts'
import { pipeline as users } from '../../pipelines/users.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'

/** The rules of CloudFormation take a second to load; guard.test.ts runs the whole app under them. */
process.env.CDK_VALIDATION = 'false'

export const root = resolve(import.meta.dirname, '../..')

/** A folder for what a test writes; removed with the end of its file. */
export const scratch = mkdtempSync(join(tmpdir(), 'sluice-synth-'))
afterAll(() => rmSync(scratch, { recursive: true }))

type ContextValues = Readonly<Record<string, unknown>>

/** An app without its functions' code, which takes no part in a template but for its hash. */
export function appOf(context: ContextValues): App {
  const { context: committed } = JSON.parse(readFileSync(resolve(root, 'cdk.json'), 'utf8'))
  return new App({
    context: { ...committed, 'aws:cdk:bundling-stacks': [], ...context },
    outdir: mkdtempSync(join(scratch, 'assembly-')),
    analyticsReporting: false,
  })
}

/** The stacks of target embedded. One pipeline unless told: the templates of others differ in names. */
export function stacks(
  context: ContextValues = {},
  pipelines: readonly Pipeline[] = [users],
): { data: Stack; pipelines: Stack } {
  const app = appOf({ target: 'embedded', ...context })
  const get = (key: string) => app.node.tryGetContext(key)
  const target = readTarget(get, {})
  if (target.name === 'aws') throw new Error('for target aws there is awsStacks')
  return addLocalStacks(app, readSettings(get, target), pipelines)
}

/** The stacks of target aws, stage prod unless context says so. */
export function awsStacks(context: ContextValues = {}, pipelines: readonly Pipeline[] = [users]) {
  const app = appOf({ target: 'aws', stage: 'prod', ...context })
  const get = (key: string) => app.node.tryGetContext(key)
  const target = readTarget(get, {})
  if (target.name !== 'aws') throw new Error('context names another target')
  return addAwsStacks(app, readAwsSettings(get, Object.keys(app.node.getAllContext()), target), pipelines)
}

/** The templates of target aws. */
export type AwsTemplates = Readonly<Record<keyof ReturnType<typeof awsStacks>, Template>>

/** The templates of {@link awsStacks}. */
export function awsTemplates(context?: ContextValues, pipelines?: readonly Pipeline[]): AwsTemplates {
  const made = Object.entries(awsStacks(context, pipelines))
  return Object.fromEntries(made.map(([name, stack]) => [name, Template.fromStack(stack)])) as AwsTemplates
}

/** The templates of the stacks. */
export function templates(
  context?: ContextValues,
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
