/**
 * What keeps data: topics, tables and subjects. Deleting the stack leaves them in place.
 */
import { type App, Stack } from 'aws-cdk-lib/core'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { RuntimeLayer } from '../constructs/runtime-layer.ts'
import { Topology } from '../constructs/topology.ts'
import type { Settings } from '../settings.ts'

export class DataStack extends Stack {
  constructor(app: App, { settings, pipelines }: { settings: Settings; pipelines: readonly Pipeline[] }) {
    const { account, region } = settings.target
    super(app, 'sluice-data', { env: { account, region }, description: 'Sluice: topics, tables and subjects' })
    const layer = new RuntimeLayer(this, 'RuntimeLayer')
    new Topology(this, 'Topology', { topology: topologyOf(pipelines), settings, layer })
  }
}
