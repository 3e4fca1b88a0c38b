/**
 * Topics, tables and subjects through one custom resource: those of them that a target's CloudFormation does not know.
 */
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core'
import { Provider } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import type { Topology as TopologyModel } from '../../src/core/topology.ts'
import { topologyAccess } from '../access.ts'
import type { Services } from '../services.ts'
import { BundledFunction } from './bundled-function.ts'
import { FunctionLogGroup } from './log-group.ts'

const handlerName = 'sluice-topology'
const providerName = 'sluice-topology-provider'

export type TopologyProps = {
  readonly topology: TopologyModel
  readonly services: Services
  readonly layer: LayerVersion
}

/** Runs when the model or an address changes. Removing it keeps the data. */
export class Topology extends Construct {
  constructor(scope: Construct, id: string, { topology, services, layer }: TopologyProps) {
    super(scope, id)
    const ensured = services.ensured(topology)
    const handler = new BundledFunction(this, 'Handler', {
      name: handlerName,
      description: 'Creates topics, tables and subjects',
      bundle: { entry: 'topology.ts', alias: {} },
      timeout: Duration.minutes(3),
      services,
      access: topologyAccess(ensured),
      source: null,
      layer,
    })
    const logGroup = new FunctionLogGroup(this, 'ProviderLogs', providerName, services.logRetention)
    const role = new Role(this, 'ProviderRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(logGroup.writeStatement)
    const provider = new Provider(this, 'Provider', {
      onEventHandler: handler.function,
      providerFunctionName: providerName,
      frameworkOnEventRole: role,
      logGroup,
    })
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::SluiceTopology',
      serviceToken: provider.serviceToken,
      properties: {
        Topology: JSON.stringify(ensured),
        Services: Stack.of(this).toJsonString(services.environment),
      },
    })
  }
}
