/**
 * The options of deploy, diff and destroy, and the request that they make.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { pipelines } from '../../pipelines/index.ts'
import { SluiceError } from '../core/errors.ts'
import { topologyOf } from '../core/topology.ts'
import { type CdkAction, type CdkTarget, cdkCalls } from '../operations/deployment/cdk-calls.ts'
import { contextOf } from '../operations/deployment/deploy.ts'
import { runCdk } from '../operations/deployment/run-cdk.ts'
import { environmentOption, runningStack } from './environment-option.ts'

export type CdkOptions = {
  readonly target?: CdkTarget['name']
  readonly stage?: string
  readonly account?: string
  readonly region?: string
  readonly environment: string
  readonly context: Readonly<Record<string, string>>
  readonly deleteData?: string
  readonly yes?: true
}

const targets = ['embedded', 'localstack', 'aws'] as const satisfies readonly CdkTarget['name'][]

/** Adds what the three have in common. */
export function withCdkOptions(command: Command): Command {
  return command
    .addOption(new Option('--target <target>', 'where to').choices(targets))
    .addOption(new Option('--stage <stage>', 'with aws: which stage').choices(['dev', 'prod']))
    .option('--account <id>', 'with aws: the account; credentials of another are refused', accountId)
    .option('--region <region>', 'with aws: the region, that of the credentials unless given')
    .addOption(environmentOption())
    .option('-c, --context <key=value>', 'context of the CDK app, such as cluster=provisioned', addContext, {})
    .option('--yes', 'ask nothing')
}

/** Checks pipelines and target, then hands over to cdk. Fails with PIPELINE_INVALID, ARGUMENT_INVALID, TARGET_INVALID, STACK_NOT_RUNNING or DEPLOY_FAILED. */
export async function handToCdk(action: CdkAction, options: CdkOptions): Promise<void> {
  topologyOf(pipelines)
  const { target, context } = targetOf(options)
  const request = {
    action,
    target,
    context: { ...context, ...options.context },
    deleteData: options.deleteData ?? null,
    yes: options.yes ?? false,
  }
  await runCdk(cdkCalls(request, process.env))
}

function targetOf({ target, stage, account, region, environment }: CdkOptions): {
  target: CdkTarget
  context: Readonly<Record<string, string>>
} {
  if (!target) throw new SluiceError('ARGUMENT_INVALID', `say where to: --target ${targets.join(', --target ')}`)
  if (target === 'aws') {
    if (!stage || !account) {
      const missing = stage ? '--account <id>' : '--stage dev or --stage prod'
      throw new SluiceError('ARGUMENT_INVALID', `--target aws needs ${missing}`)
    }
    return { target: { name: target, stage, account, region: region ?? null }, context: {} }
  }
  const extra = Object.entries({ stage, account, region }).find(([, value]) => value !== undefined)
  if (extra) throw new SluiceError('ARGUMENT_INVALID', `--${extra[0]} belongs to --target aws: leave it out`)
  if (target === 'localstack') {
    const endpoint = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566'
    return { target: { name: target, aws: { endpoint, region: 'us-east-1', accountId: '000000000000' } }, context: {} }
  }
  const { endpoints } = runningStack(environment)
  const { target: _, ...addresses } = contextOf(endpoints, 'bundled')
  return { target: { name: target, aws: endpoints.aws }, context: addresses }
}

function accountId(text: string): string {
  if (/^\d{12}$/.test(text)) return text
  throw new InvalidArgumentError('Allowed are the 12 digits of an AWS account.')
}

function addContext(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, key, value] = /^([\w:@/-]+)=(.*)$/.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Allowed is key=value.')
  return { ...before, [key]: value }
}
