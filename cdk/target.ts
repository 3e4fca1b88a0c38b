/**
 * Where the app may be deployed to: the guard that keeps a laptop's addresses out of a real account.
 * Not for the addresses: see settings.ts.
 */
import { SluiceError } from '../src/core/errors.ts'

/** The account of every emulator; no AWS account has it. */
export const emulatorAccount = '000000000000'

const targetNames = ['embedded', 'localstack'] as const

/** A target that is built. */
export type TargetName = (typeof targetNames)[number]

/** The target of one synth. Stacks are bound to its account, so that `cdk` refuses to deploy them with other credentials. */
export type Target = { readonly name: TargetName; readonly account: string; readonly region: string }

/** A context value by key; undefined when it is not given. */
export type Context = (key: string) => unknown

/**
 * The target that context `target` names; without it, `embedded` if the credentials are an emulator's.
 * Fails with TARGET_INVALID.
 */
export function readTarget(context: Context, environment: Readonly<Record<string, string | undefined>>): Target {
  const region = environment.CDK_DEFAULT_REGION ?? environment.AWS_REGION ?? 'us-east-1'
  return { name: targetName(context('target'), environment), account: emulatorAccount, region }
}

function targetName(value: unknown, environment: Readonly<Record<string, string | undefined>>): TargetName {
  if (value === undefined) return impliedTarget(environment)
  if (value === 'aws') {
    throw new SluiceError(
      'TARGET_INVALID',
      `context "target" is "aws", which is not built yet: use ${targetNames.join(' or ')}`,
    )
  }
  const name = targetNames.find((each) => each === value)
  if (name) return name
  throw new SluiceError(
    'TARGET_INVALID',
    `context "target" is ${JSON.stringify(value)}, but it must be ${targetNames.join(' or ')}`,
  )
}

function impliedTarget({
  CDK_DEFAULT_ACCOUNT: account,
  AWS_ENDPOINT_URL: endpoint,
}: Readonly<Record<string, string | undefined>>): TargetName {
  if (account === emulatorAccount && endpoint) return 'embedded'
  const seen = `the account is ${account ?? 'unknown'} and AWS_ENDPOINT_URL is ${endpoint || 'not set'}`
  throw new SluiceError(
    'TARGET_INVALID',
    `no target is given, and without one only account ${emulatorAccount} behind AWS_ENDPOINT_URL is accepted, but ${seen}: add -c target=embedded`,
  )
}
