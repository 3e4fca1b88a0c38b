/**
 * What a deployment to AWS may choose, read from context and checked as a whole.
 * Not for the addresses of services: those follow from the stacks.
 */
import { SluiceError } from '../src/core/errors.ts'
import { isThisMachine, type Pipeline } from '../src/core/pipeline.ts'
import { type ContextRule, isUrl, readContext } from './context-rules.ts'
import { isInside, pathOf, standIn } from './source-place.ts'
import { type Context, emulatorAccount, type Target } from './target.ts'

/** Which Kafka: one that the app creates, or one that exists in a network of its owner. */
export type ClusterChoice =
  | { readonly kind: 'serverless' | 'provisioned' }
  | {
      readonly kind: 'existing'
      readonly arn: string
      readonly vpc: string
      readonly subnets: readonly string[]
      readonly securityGroup: string
    }

/** What a stage has by default: how long logs are kept in days, and what becomes of data when its stack is deleted. */
type StageDefaults = { readonly logDays: number; readonly data: 'keep' | 'delete' }

const stages = {
  dev: { logDays: 7, data: 'delete' },
  prod: { logDays: 90, data: 'keep' },
} as const satisfies Record<string, StageDefaults>

/** A stage: one deployment of the app in an account and region. */
export type AwsStage = keyof typeof stages

/** The choices of one deployment. */
export type AwsSettings = {
  readonly target: Extract<Target, { readonly name: 'aws' }>
  readonly stage: AwsStage
  readonly cluster: ClusterChoice
  /** Whether functions that read sources reach the internet, through one NAT gateway. */
  readonly egress: 'nat' | 'none'
  /** The availability zones of the network that the app makes, by name; null for the first of the region. */
  readonly zones: readonly string[] | null
  readonly logDays: number
  /** What becomes of cluster, tables and registry when their stacks are deleted. */
  readonly data: 'keep' | 'delete'
  /** Who gets the alarms by mail; null for nobody yet. */
  readonly alarmEmail: string | null
  /** An https URL that is told of runs that failed or are late; null for none. */
  readonly alarmWebhook: string | null
  /** Below it are stand-ins for the pipelines' sources, each at its path; null where the sources are reached themselves. */
  readonly sourceUrl: string | null
  /** The names of the pipelines to deploy; null for all. */
  readonly pipelines: readonly string[] | null
}

const clusterArn = /^arn:aws[\w-]*:kafka:([a-z0-9-]+):(\d{12}):cluster\/[\w-]+\/[\w-]+$/
const oneOf = (...values: readonly string[]): ContextRule => ({
  fallback: null,
  allowed: values.join(' or '),
  holds: (value) => values.includes(value),
})
const like = (pattern: RegExp, allowed: string): ContextRule => ({
  fallback: null,
  allowed,
  holds: (value) => pattern.test(value),
})

const rules = {
  stage: oneOf(...Object.keys(stages)),
  account: {
    fallback: null,
    allowed: 'the 12 digits of an AWS account',
    holds: (value) => /^\d{12}$/.test(value) && value !== emulatorAccount,
  },
  region: like(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1'),
  cluster: {
    fallback: 'serverless',
    allowed: 'serverless, provisioned or the ARN of an MSK cluster',
    holds: (value) => value === 'serverless' || value === 'provisioned' || clusterArn.test(value),
  },
  vpc: like(/^vpc-[0-9a-f]+$/, 'the id of a VPC, vpc-…'),
  subnets: like(/^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)+$/, 'a comma-joined list of two or more ids subnet-…'),
  securityGroup: like(/^sg-[0-9a-f]+$/, "the id of the cluster's security group, sg-…"),
  egress: oneOf('nat', 'none'),
  zones: like(
    /^[a-z]{2}(-[a-z]+)+-\d[a-z](,[a-z]{2}(-[a-z]+)+-\d[a-z])+$/,
    'a comma-joined list of availability zones such as eu-central-1a,eu-central-1b',
  ),
  data: oneOf('keep', 'delete'),
  alarmEmail: like(/^[^@\s]+@[^@\s]+$/, 'an e-mail address'),
  alarmWebhook: like(/^https:\/\/\S+$/, 'an https URL'),
  sourceUrl: { fallback: null, allowed: 'an http or https URL', holds: isUrl },
  pipelines: like(/^[a-z][a-z0-9-]*(,[a-z][a-z0-9-]*)*$/, 'a comma-joined list of names of pipelines'),
} as const satisfies Record<string, ContextRule>

type Key = keyof typeof rules

/** What says where an existing cluster is. */
const placeKeys = ['vpc', 'subnets', 'securityGroup'] as const

/**
 * Reads and checks all choices. `keys` are those that context holds. Fails with CONTEXT_INVALID, naming key, value and
 * what is allowed.
 */
export function readAwsSettings(context: Context, keys: readonly string[], target: AwsSettings['target']): AwsSettings {
  expectKnown(keys)
  const value = (key: Key) => readContext(context, key, rules[key])
  const stage = value('stage') as AwsStage | null
  if (stage === null)
    throw invalid(`target aws needs a stage: add -c stage=${Object.keys(stages).join(' or -c stage=')}`)
  value('account')
  const region = value('region')
  const cluster = clusterChoice(value)
  if (cluster.kind === 'existing') {
    const [, clusterRegion] = clusterArn.exec(cluster.arn) ?? []
    const wanted = region ?? target.region
    if (wanted && wanted !== clusterRegion) {
      throw invalid(`context "cluster" is in ${clusterRegion}, but the region is ${wanted}: they must be the same`)
    }
    const extra = (['egress', 'zones'] as const).find((key) => value(key))
    if (extra) {
      throw invalid(
        `context "${extra}" is given, but the network of an existing cluster belongs to its owner: leave it out`,
      )
    }
  }
  const zones = value('zones')?.split(',') ?? null
  const count = zoneCount(cluster)
  if (zones && new Set(zones).size !== count) {
    throw invalid(
      `context "zones" is "${zones.join(',')}", but a ${cluster.kind} cluster needs ${count} different zones`,
    )
  }
  return {
    target,
    stage,
    cluster,
    egress: value('egress') === 'none' ? 'none' : 'nat',
    zones,
    logDays: stages[stage].logDays,
    data: (value('data') as AwsSettings['data'] | null) ?? stages[stage].data,
    alarmEmail: value('alarmEmail'),
    alarmWebhook: value('alarmWebhook'),
    sourceUrl: value('sourceUrl'),
    pipelines: value('pipelines')?.split(',') ?? null,
  }
}

/**
 * The pipelines to deploy. Fails with CONTEXT_INVALID for a name that none has, and when one has no source on AWS, naming
 * the pipeline.
 */
export function chosenPipelines(settings: AwsSettings, pipelines: readonly Pipeline[]): readonly Pipeline[] {
  const unknown = settings.pipelines?.find((name) => !pipelines.some((pipeline) => pipeline.name === name))
  const names = (some: readonly Pipeline[]) => some.map(({ name }) => name).join(',')
  if (unknown !== undefined) {
    throw invalid(`context "pipelines" names "${unknown}", which there is not: there are ${names(pipelines)}`)
  }
  const chosen = pipelines.filter(({ name }) => settings.pipelines?.includes(name) ?? true)
  const without = chosen.find((pipeline) => sourceUrlOf(settings, pipeline) === null)
  if (!without) return chosen
  const others = names(chosen.filter((pipeline) => sourceUrlOf(settings, pipeline) !== null))
  throw invalid(
    `pipeline "${without.name}" has no source on AWS: add -c sourceUrl=… with what answers at ${pathOf(without)}, or deploy others: -c pipelines=${others || '…'}`,
  )
}

/** How many availability zones a cluster is in: MSK Serverless needs two; three brokers with three copies of a record need three. */
export function zoneCount({ kind }: ClusterChoice): number {
  return kind === 'provisioned' ? 3 : 2
}

/** Where a pipeline's source is on AWS; null where nobody said. */
export function sourceUrlOf({ sourceUrl }: AwsSettings, pipeline: Pipeline): string | null {
  if (sourceUrl !== null) return standIn(sourceUrl, pipeline)
  const { url } = pipeline.source
  return url !== null && isThisMachine(url) ? null : url
}

/**
 * Fails with CONTEXT_INVALID when a pipeline's source lies outside the network and the network has no way out, naming
 * the pipeline.
 */
export function expectReachable(settings: AwsSettings, pipelines: readonly Pipeline[]): void {
  if (settings.egress === 'nat') return
  for (const pipeline of pipelines) {
    const url = sourceUrlOf(settings, pipeline)
    if (url === null || isInside(url)) continue
    throw invalid(
      `context "egress" is "none", but the source of pipeline "${pipeline.name}" is outside the network (${new URL(url).hostname}): leave egress out, or give an address inside`,
    )
  }
}

function clusterChoice(value: (key: Key) => string | null): ClusterChoice {
  const cluster = value('cluster') ?? rules.cluster.fallback
  const [vpc, subnets, securityGroup] = placeKeys.map(value)
  if (cluster === 'serverless' || cluster === 'provisioned') {
    const extra = placeKeys.find((key) => value(key) !== null)
    if (extra)
      throw invalid(`context "${extra}" is given, but the app makes the network of a ${cluster} cluster: leave it out`)
    return { kind: cluster }
  }
  const missing = placeKeys.find((key) => value(key) === null)
  if (!vpc || !subnets || !securityGroup) {
    throw invalid(
      `context "cluster" names an existing cluster, so "${missing}" is needed: ${rules[missing ?? 'vpc'].allowed}`,
    )
  }
  return { kind: 'existing', arn: cluster, vpc, subnets: subnets.split(','), securityGroup }
}

/** CDK's own keys hold another character than letters. */
function expectKnown(keys: readonly string[]): void {
  const known = ['target', ...Object.keys(rules)]
  const unknown = keys.find((key) => /^[A-Za-z]+$/.test(key) && !known.includes(key))
  if (unknown) throw invalid(`context "${unknown}" means nothing on target aws: use ${known.slice(1).join(', ')}`)
}

function invalid(message: string): SluiceError {
  return new SluiceError('CONTEXT_INVALID', message)
}
