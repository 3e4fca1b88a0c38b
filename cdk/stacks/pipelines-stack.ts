/**
 * What moves data: the functions, schedule and mappings of every pipeline, and the judge of their runs. It holds no data of its own.
 */
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import { type App, Stack, type StackProps } from 'aws-cdk-lib/core'
import { alertBusName } from '../../src/core/alert.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { runBusName } from '../../src/core/run-event.ts'
import { PipelineFunctions } from '../constructs/pipeline-functions.ts'
import { RunJudge } from '../constructs/run-judge.ts'
import { RuntimeLayer } from '../constructs/runtime-layer.ts'
import type { Services } from '../services.ts'

export type PipelinesStackProps = StackProps & {
  readonly pipelines: readonly Pipeline[]
  readonly services: Services
}

export class PipelinesStack extends Stack {
  readonly deployed: readonly PipelineFunctions[]
  readonly judge: RunJudge
  /** Hears of every run. */
  readonly runs: IEventBus
  /** Hears of records; null where no pipeline has alerts. */
  readonly alerts: IEventBus | null

  constructor(app: App, id: string, { pipelines, services, ...props }: PipelinesStackProps) {
    super(app, id, { description: 'Sluice: functions, schedules and mappings', ...props })
    const layer = new RuntimeLayer(this, 'RuntimeLayer')
    // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
    this.runs = new EventBus(this, 'Runs', { eventBusName: runBusName }) as IEventBus
    this.deployed = pipelines.map(
      (pipeline) => new PipelineFunctions(this, pipeline.name, { pipeline, services, layer }),
    )
    const alerting = this.deployed.filter(({ pipeline }) => pipeline.process?.alert)
    this.alerts =
      alerting.length > 0 ? (new EventBus(this, 'RecordAlerts', { eventBusName: alertBusName }) as IEventBus) : null
    for (const { process } of alerting) {
      if (this.alerts) process?.allow('events:PutEvents', this.alerts.eventBusArn)
    }
    for (const { ingest } of this.deployed) ingest.allow('events:PutEvents', this.runs.eventBusArn)
    this.judge = new RunJudge(this, 'RunJudge', { pipelines, services, layer, bus: this.runs })
  }
}
