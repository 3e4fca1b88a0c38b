/**
 * What moves data: the functions, schedule and mappings of every pipeline. It holds no data of its own.
 */
import { type App, Stack } from 'aws-cdk-lib/core'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { PipelineFunctions } from '../constructs/pipeline-functions.ts'
import { RuntimeLayer } from '../constructs/runtime-layer.ts'
import type { Settings } from '../settings.ts'

export class PipelinesStack extends Stack {
  constructor(app: App, { settings, pipelines }: { settings: Settings; pipelines: readonly Pipeline[] }) {
    const { account, region } = settings.target
    super(app, 'sluice-pipelines', {
      env: { account, region },
      description: 'Sluice: functions, schedules and mappings',
    })
    const layer = new RuntimeLayer(this, 'RuntimeLayer')
    for (const pipeline of pipelines) new PipelineFunctions(this, pipeline.name, { pipeline, settings, layer })
  }
}
