/**
 * The metrics of a pipeline: Lambda's, its mappings', and those that are counted from the functions' logs.
 */
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { functionName, type Stage } from '../../src/core/names.ts'
import type { MappedStage, PipelineFunctions } from './pipeline-functions.ts'

const period = Duration.minutes(1)
const ownNamespace = 'Sluice'

/** What each function has. */
export type FunctionMetrics = {
  /** What tells it from the others of its pipeline. */
  readonly label: string
  readonly invocations: Metric
  readonly errors: Metric
  readonly throttles: Metric
  readonly duration: Metric
  /** Records given up. */
  readonly deadLetters: Metric
}

/** What a stage has besides that a mapping starts. Filed under the mapping's id: they need its MetricsConfig. */
export type StageMetrics = FunctionMetrics & {
  /** Records on all partitions behind the last committed one. */
  readonly lag: Metric
  readonly committed: Metric
  /** Polls that failed: of the broker, its authorization, the network. */
  readonly pollingErrors: Metric
}

/** The field of a log entry with a count of dead letters: an ingest logs a run, the others a batch. */
const deadLetterFields = { ingest: '$.deadLettered', process: '$.deadLetters', write: '$.deadLetters' } as const

export class PipelineMetrics extends Construct {
  readonly ingest: FunctionMetrics
  /** In the order of the flow. */
  readonly stages: readonly StageMetrics[]

  constructor(scope: Construct, id: string, { pipeline, mapped }: PipelineFunctions) {
    super(scope, id)
    this.ingest = this.ofFunction('ingest', functionName(pipeline.name, 'ingest'), 'ingest')
    this.stages = mapped.map((each) => ({
      ...this.ofFunction(each.label, each.functionName, each.stage),
      ...ofMapping(each),
    }))
  }

  private ofFunction(label: string, name: string, stage: Stage): FunctionMetrics {
    const dimensionsMap = { FunctionName: name }
    const lambda = (metricName: string, statistic: string = Stats.SUM) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap,
        statistic,
        period,
        label: `${label}: ${metricName}`,
      })
    const field = deadLetterFields[stage]
    new MetricFilter(this, `${label}DeadLetters`, {
      logGroup: LogGroup.fromLogGroupName(this, `${label}Logs`, `/aws/lambda/${name}`),
      filterPattern: FilterPattern.numberValue(field, '>', 0),
      metricNamespace: ownNamespace,
      metricName: 'DeadLetters',
      metricValue: field,
      dimensions: { FunctionName: '$.function_name' },
    })
    return {
      label,
      invocations: lambda('Invocations'),
      errors: lambda('Errors'),
      throttles: lambda('Throttles'),
      duration: lambda('Duration', Stats.percentile(99)),
      deadLetters: new Metric({
        namespace: ownNamespace,
        metricName: 'DeadLetters',
        dimensionsMap,
        statistic: Stats.SUM,
        period,
        label,
      }),
    }
  }
}

function ofMapping({ label, mapping }: MappedStage): Omit<StageMetrics, keyof FunctionMetrics> {
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: mapping.id },
      statistic,
      period,
      label,
    })
  return {
    lag: metric('SumOffsetLag', Stats.MAXIMUM),
    committed: metric('CommittedEventCount', Stats.SUM),
    pollingErrors: metric('PollingErrorCount', Stats.SUM),
  }
}
