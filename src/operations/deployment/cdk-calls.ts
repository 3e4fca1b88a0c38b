/**
 * Which calls of the bare `cdk` deploy, compare or destroy the app on a target, after the checks that cdk lacks. Pure.
 */
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { emulatorVariables } from './cdk.ts'

/** What is asked for. */
export type CdkAction = 'deploy' | 'diff' | 'destroy'

/** Where to: an emulator at its address, or a stage in an account of AWS. */
export type CdkTarget =
  | { readonly name: 'embedded' | 'localstack'; readonly aws: AwsEndpoint }
  | { readonly name: 'aws'; readonly stage: string; readonly account: string; readonly region: string | null }

/** The rest of a request. */
export type CdkRequest = {
  readonly action: CdkAction
  readonly target: CdkTarget
  /** Context besides what the target gives, such as `cluster`. */
  readonly context: Readonly<Record<string, string>>
  /** The stage, said a second time, whose data is to be deleted as well; null keeps it. */
  readonly deleteData: string | null
  /** Whether nobody is there to answer cdk's questions. */
  readonly yes: boolean
}

/** One call: arguments, and the variables that differ from those of this process. */
export type CdkCall = {
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Stacks of target aws that a destroy takes away: what they hold beside functions and runs stays by itself. */
const withoutData = ['observability', 'analytics', 'pipelines', 'topics'] as const
/** Those that hold data. */
const withData = ['streaming', 'storage', 'registry'] as const

/**
 * The calls in order; each only after the one before succeeded. Fails with ARGUMENT_INVALID or TARGET_INVALID, and then
 * nothing was called.
 */
export function cdkCalls(request: CdkRequest, environment: Readonly<Record<string, string | undefined>>): CdkCall[] {
  const { action, target, deleteData } = request
  if (deleteData !== null) expectSaidTwice(request, deleteData)
  if (target.name !== 'aws') {
    const variables = emulatorVariables(target.aws)
    return [
      { args: [...verb(request), '--all', ...contextArgs({ target: target.name, ...request.context })], variables },
    ]
  }
  if (environment.AWS_ENDPOINT_URL) {
    throw new SluiceError(
      'TARGET_INVALID',
      `--target aws is given, but AWS_ENDPOINT_URL is ${environment.AWS_ENDPOINT_URL}: unset it`,
    )
  }
  const { stage, account, region } = target
  // The account binds the stacks: cdk itself refuses credentials of another.
  const own = { target: 'aws', stage, account, ...(region === null ? {} : { region }), ...request.context }
  const stacks = (parts: readonly string[]) => parts.map((part) => `sluice-${stage}-${part}`)
  const call = (...args: string[]): CdkCall => ({ args, variables: {} })
  if (action !== 'destroy') return [call(...verb(request), '--all', ...contextArgs(own))]
  if (deleteData === null) return [call(...verb(request), ...stacks(withoutData), ...contextArgs(own))]
  const deleting = contextArgs({ ...own, data: 'delete' })
  return [
    // Takes the protection from the stacks and lets CloudFormation delete what they hold.
    call(...verb({ ...request, action: 'deploy' }), ...stacks(['network', ...withData]), ...deleting),
    call(...verb(request), '--all', ...deleting),
  ]
}

function expectSaidTwice({ action, target }: CdkRequest, deleteData: string): void {
  if (action !== 'destroy' || target.name !== 'aws') {
    throw new SluiceError(
      'ARGUMENT_INVALID',
      '--delete-data belongs to destroy --target aws; elsewhere: npm start -- --fresh',
    )
  }
  if (deleteData === target.stage) return
  throw new SluiceError(
    'ARGUMENT_INVALID',
    `--delete-data is "${deleteData}", but the stage is "${target.stage}": type the name of the stage whose data is to go`,
  )
}

function verb({ action, yes }: Pick<CdkRequest, 'action' | 'yes'>): string[] {
  const answers = { deploy: ['--require-approval', 'never'], diff: [], destroy: ['--force'] }
  return [action, ...(yes ? answers[action] : [])]
}

function contextArgs(context: Readonly<Record<string, string>>): string[] {
  return Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`])
}
