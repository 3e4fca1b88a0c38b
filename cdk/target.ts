/**
 * Where the app may be deployed to: the guard that keeps a laptop's addresses out of a real account.
 * Not for the addresses: see settings.ts.
 */
import { SluiceError } from '../src/core/errors.ts'

/** The account of every emulator; no AWS account has it. */
export const emulatorAccount = '000000000000'

const targetNames = ['embedded', 'localstack', 'aws'] as const

/** A target that is built. */
export type TargetName = (typeof targetNames)[number]

/**
 * The target of one synth. Stacks are bound to its account, so that `cdk` refuses to deploy them with other credentials.
 * Without credentials and context, those for AWS are bound to none: the same templates then serve for checks.
 */
export type Target =
  | { readonly name: Exclude<TargetName, 'aws'>; readonly account: string; readonly region: string }
  | { readonly name: 'aws'; readonly account: string | undefined; readonly region: string | undefined }

/** A context value by key; undefined when it is not given. */
export type Context = (key: string) => unknown

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The target that context `target` names; without it, `embedded` if the credentials are an emulator's.
 * Fails with TARGET_INVALID.
 */
export function readTarget(context: Context, environment: Environment): Target {
  const name = targetName(context('target'), environment)
  if (name === 'aws') return awsTarget(context, environment)
  const region = environment.CDK_DEFAULT_REGION ?? environment.AWS_REGION ?? 'us-east-1'
  return { name, account: emulatorAccount, region }
}

function targetName(value: unknown, environment: Environment): TargetName {
  if (value === undefined) return impliedTarget(environment)
  const name = targetNames.find((each) => each === value)
  if (name) return name
  throw new SluiceError(
    'TARGET_INVALID',
    `context "target" is ${JSON.stringify(value)}, but it must be ${targetNames.slice(0, -1).join(', ')} or ${targetNames.at(-1)}`,
  )
}

/** The account and region of context, else those of the credentials. Neither may be an emulator's. */
function awsTarget(context: Context, environment: Environment): Target {
  const { AWS_ENDPOINT_URL: endpoint, CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = environment
  if (endpoint) {
    throw new SluiceError('TARGET_INVALID', `target aws is given, but AWS_ENDPOINT_URL is ${endpoint}: unset it`)
  }
  const account = given(context('account')) ?? CDK_DEFAULT_ACCOUNT
  if (account === emulatorAccount) {
    throw new SluiceError(
      'TARGET_INVALID',
      `target aws is given, but the account is ${emulatorAccount}, which is an emulator's: use credentials of an AWS account`,
    )
  }
  return { name: 'aws', account, region: given(context('region')) ?? CDK_DEFAULT_REGION }
}

/** A value of cdk.json may be a number, and an account id looks like one. */
function given(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}

function impliedTarget({ CDK_DEFAULT_ACCOUNT: account, AWS_ENDPOINT_URL: endpoint }: Environment): TargetName {
  if (account === emulatorAccount && endpoint) return 'embedded'
  const seen = `the account is ${account ?? 'unknown'} and AWS_ENDPOINT_URL is ${endpoint || 'not set'}`
  throw new SluiceError(
    'TARGET_INVALID',
    `no target is given, and without one only account ${emulatorAccount} behind AWS_ENDPOINT_URL is accepted, but ${seen}: add -c target=embedded`,
  )
}
