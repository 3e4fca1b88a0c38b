/**
 * An event source mapping from a topic to a function. Outside AWS it is an SSM parameter that the poller reads:
 * no emulator keeps Kafka mappings faithfully.
 */
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm'
import { CfnResource } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import type { MappingProperties, Services } from '../services.ts'
import type { BundledFunction } from './bundled-function.ts'

export type EventSourceMappingProps = {
  /** What the poller and its commands call it. */
  readonly name: string
  readonly properties: MappingProperties
  readonly deployedAs: Services['mappings']
  readonly target: BundledFunction
}

const deployers = {
  /** The property object as it is: CloudFormation's own names. */
  resource: (scope: Construct, _: string, properties: MappingProperties) =>
    new CfnResource(scope, 'Resource', { type: 'AWS::Lambda::EventSourceMapping', properties }),
  parameter: (scope: Construct, name: string, properties: MappingProperties) =>
    new StringParameter(scope, 'Parameter', {
      parameterName: `${mappingParameterPath}${name}`,
      description: `Event source mapping of topic ${properties.Topics[0]} to function ${properties.FunctionName}`,
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: JSON.stringify(properties),
    }),
} as const satisfies Record<Services['mappings'], unknown>

/** Deployed after its function. No on-failure destination: it would give a record up after ten tries. */
export class EventSourceMapping extends Construct {
  /** On AWS, what its metrics are filed under; elsewhere the name of the parameter. */
  readonly id: string

  constructor(scope: Construct, id: string, { name, properties, deployedAs, target }: EventSourceMappingProps) {
    super(scope, id)
    const deployed = deployers[deployedAs](this, name, properties)
    deployed.node.addDependency(target)
    this.id = 'ref' in deployed ? deployed.ref : deployed.parameterName
  }
}
