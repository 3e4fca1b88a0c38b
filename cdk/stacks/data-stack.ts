/**
 * What keeps data and CloudFormation cannot make: topics and subjects, and tables where there is Cassandra itself.
 * Deleting the stack leaves them in place.
 */
import { type App, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Topology as TopologyModel } from '../../src/core/topology.ts'
import { RuntimeLayer } from '../constructs/runtime-layer.ts'
import { Topology } from '../constructs/topology.ts'
import type { Services } from '../services.ts'

export type DataStackProps = StackProps & { readonly topology: TopologyModel; readonly services: Services }

export class DataStack extends Stack {
  constructor(app: App, id: string, { topology, services, ...props }: DataStackProps) {
    super(app, id, props)
    const layer = new RuntimeLayer(this, 'RuntimeLayer')
    new Topology(this, 'Topology', { topology, services, layer })
  }
}
