/**
 * Who finds out how runs ended: one function for all pipelines, started each minute.
 */
import { type IEventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { judgeName } from '../../src/core/names.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { judgeAccess } from '../access.ts'
import { pipelineList } from '../pipeline-files.ts'
import type { Services } from '../services.ts'
import { BundledFunction } from './bundled-function.ts'

export type RunJudgeProps = {
  readonly pipelines: readonly Pipeline[]
  readonly services: Services
  readonly layer: LayerVersion
  /** Hears of each verdict. */
  readonly bus: IEventBus
}

/** The function is told which pipelines are deployed: it is bundled with all that there are. */
export class RunJudge extends Construct {
  readonly judge: BundledFunction

  constructor(scope: Construct, id: string, { pipelines, services, layer, bus }: RunJudgeProps) {
    super(scope, id)
    this.judge = new BundledFunction(this, 'Judge', {
      name: judgeName,
      description: 'Judges runs: whether each fetched record is accounted for',
      bundle: { entry: 'verify.ts', alias: { '#pipelines': pipelineList } },
      timeout: Duration.minutes(5),
      services,
      access: judgeAccess(pipelines),
      source: null,
      layer,
    })
    this.judge.allow('events:PutEvents', bus.eventBusArn)
    const event = RuleTargetInput.fromObject({ pipelines: pipelines.map(({ name }) => name) })
    new Rule(this, 'Rule', {
      ruleName: judgeName,
      description: 'Judges runs',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.judge.function, { event })],
    })
  }
}
