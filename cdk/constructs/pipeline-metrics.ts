/**
 * The metrics of a pipeline: Lambda's, its mappings', and those that are counted from the functions' logs.
 */
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { functionName, type Stage } from '../../src/core/names.ts'
import { stageMappings } from '../../src/core/stage-mapping.ts'
import type { DeployedMapping, PipelineFunctions } from './pipeline-functions.ts'

const period = Duration.minutes(1)
const ownNamespace = 'Sluice'

/** What each function has. */
export type FunctionMetrics = {
  readonly stage: Stage
  readonly invocations: Metric
  readonly errors: Metric
  readonly throttles: Metric
  readonly duration: Metric
  /** Records given up. */
  readonly deadLetters: Metric
}

/** What each mapping has. Filed under the mapping's id: they need its MetricsConfig. */
export type MappingMetrics = {
  /** What tells it from the others of its pipeline. */
  readonly label: string
  /** Records on all partitions behind the last committed one. */
  readonly lag: Metric
  readonly committed: Metric
  /** Polls that failed: of the broker, its authorization, the network. */
  readonly pollingErrors: Metric
}

/** The field of a log entry with a count of dead letters: an ingest logs a run, the others a batch. */
const deadLetterFields = { ingest: '$.deadLettered', process: '$.deadLetters', write: '$.deadLetters' } as const

/** In the order of the flow. */
export class PipelineMetrics extends Construct {
  readonly ingest: FunctionMetrics
  /** Of the functions that mappings start. */
  readonly stages: readonly FunctionMetrics[]
  readonly mappings: readonly MappingMetrics[]

  constructor(scope: Construct, id: string, { pipeline, mappings }: PipelineFunctions) {
    super(scope, id)
    const ofStage = (stage: Stage) => this.ofFunction(stage, functionName(pipeline.name, stage))
    this.ingest = ofStage('ingest')
    this.stages = [...new Set(stageMappings(pipeline).map(({ stage }) => stage))].map(ofStage)
    this.mappings = mappings.map(ofMapping)
  }

  private ofFunction(stage: Stage, name: string): FunctionMetrics {
    const dimensionsMap = { FunctionName: name }
    const lambda = (metricName: string, statistic: string = Stats.SUM) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap,
        statistic,
        period,
        label: `${stage}: ${metricName}`,
      })
    const field = deadLetterFields[stage]
    new MetricFilter(this, `${stage}DeadLetters`, {
      logGroup: LogGroup.fromLogGroupName(this, `${stage}Logs`, `/aws/lambda/${name}`),
      filterPattern: FilterPattern.numberValue(field, '>', 0),
      metricNamespace: ownNamespace,
      metricName: 'DeadLetters',
      metricValue: field,
      dimensions: { FunctionName: '$.function_name' },
    })
    return {
      stage,
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
        label: stage,
      }),
    }
  }
}

function ofMapping({ label, mapping }: DeployedMapping): MappingMetrics {
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
    label,
    lag: metric('SumOffsetLag', Stats.MAXIMUM),
    committed: metric('CommittedEventCount', Stats.SUM),
    pollingErrors: metric('PollingErrorCount', Stats.SUM),
  }
}
