/**
 * A Lambda function of this repository, with a log group and a role of its own.
 */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { renderEnvironment } from '../../src/core/environment.ts'
import type { Access } from '../access.ts'
import { type Bundle, bundledCode } from '../bundle.ts'
import type { FunctionSource, Services } from '../services.ts'
import { FunctionLogGroup } from './log-group.ts'

export type BundledFunctionProps = {
  readonly name: string
  readonly description: string
  readonly bundle: Bundle
  readonly timeout: Duration
  readonly services: Services
  readonly access: Access
  /** The source that it reads, which may be outside the network; null where it reads none. */
  readonly source: FunctionSource | null
  readonly layer: LayerVersion
}

/** Lambda's limit; a pipeline's tables and URL can exceed it. */
const longestDescription = 256

/** Stack traces name the sources; kafkajs 2.2.4 sets timers in the past, of which Node 24 would warn in every log. */
const nodeOptions = '--enable-source-maps --disable-warning=TimeoutNegativeWarning'

/** The role may write the function's own log, do what its access names, and nothing else until told. */
export class BundledFunction extends Construct {
  readonly function: NodejsFunction
  private readonly role: Role

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id)
    const { name, description, bundle, timeout, services, access, source, layer } = props
    const logGroup = new FunctionLogGroup(this, 'Logs', name, services.logRetention)
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.role.addToPolicy(logGroup.writeStatement)
    for (const statement of services.statements(this, name, access)) this.role.addToPolicy(statement)
    this.function = new NodejsFunction(this, 'Function', {
      functionName: name,
      description: description.slice(0, longestDescription),
      code: bundledCode(bundle),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      memorySize: 512,
      timeout,
      environment: {
        ...renderEnvironment({ ...services.environment, sourceUrl: source?.standIn ?? null }),
        NODE_OPTIONS: nodeOptions,
      },
      layers: [layer],
      logGroup,
      role: this.role,
      ...(services.network(source ? 'sources' : 'services') ?? {}),
    })
  }

  /** Lets the function do one thing with one resource, where conditions hold. */
  allow(action: string, resourceArn: string, conditions: Record<string, object> = {}): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resourceArn], conditions }))
  }
}
