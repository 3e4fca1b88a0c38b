/**
 * The alarms of a pipeline. Each names, in its description, what it means and which command says more.
 */
import { type Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { addAlarm, type Condition } from './alarm.ts'
import type { PipelineFunctions } from './pipeline-functions.ts'
import type { FunctionMetrics, MappingMetrics, PipelineMetrics } from './pipeline-metrics.ts'

export type PipelineAlarmsProps = {
  readonly functions: PipelineFunctions
  readonly metrics: PipelineMetrics
  readonly topic: Topic
}

const alarmPeriod = Duration.minutes(5)
/** A mapping is behind when what waits is the work of so many runs. */
const runsBehind = 10

export class PipelineAlarms extends Construct {
  readonly alarms: readonly Alarm[]

  constructor(scope: Construct, id: string, { functions, metrics, topic }: PipelineAlarmsProps) {
    super(scope, id)
    const { pipeline, schedule } = functions
    const conditions: Record<string, Condition> = {
      ...functionConditions(metrics.ingest),
      'ingest-failed': {
        metric: schedule.onFailure.metricApproximateNumberOfMessagesVisible({ period: alarmPeriod }),
        threshold: 1,
        periods: 1,
        meaning: 'a run failed three times; its cursor stays, and the next run goes on from there',
      },
    }
    for (const each of metrics.stages) Object.assign(conditions, functionConditions(each))
    for (const each of metrics.mappings) {
      Object.assign(conditions, mappingConditions(each, runsBehind * pipeline.source.recordsPerRun))
    }
    const about = `pipeline ${pipeline.name}`
    this.alarms = Object.entries(conditions).map(([name, condition]) =>
      addAlarm(this, name, { name: `${pipeline.name}-${name}`, about, condition, topic }),
    )
  }
}

function functionConditions({
  stage: name,
  errors,
  throttles,
  deadLetters,
}: FunctionMetrics): Record<string, Condition> {
  return {
    [`${name}-errors`]: {
      metric: errors.with({ period: alarmPeriod }),
      threshold: 1,
      periods: 3,
      meaning: `function ${name} fails again and again; its log says with which code, and docs/runbook.md what to do`,
    },
    [`${name}-throttles`]: {
      metric: throttles.with({ period: alarmPeriod }),
      threshold: 1,
      periods: 3,
      meaning: `function ${name} is throttled: the account's concurrency is used up`,
    },
    [`${name}-dead-letters`]: {
      metric: deadLetters.with({ period: alarmPeriod }),
      threshold: 1,
      periods: 1,
      meaning: `function ${name} gave records up; they wait on the topic's .dlt`,
    },
  }
}

function mappingConditions(mapping: MappingMetrics, behind: number): Record<string, Condition> {
  const { label, lag, pollingErrors } = mapping
  return {
    [`${label}-behind`]: {
      metric: lag.with({ period: alarmPeriod }),
      threshold: behind,
      periods: 3,
      meaning: `records of ${runsBehind} runs wait: more come than are worked off`,
    },
    [`${label}-stalled`]: {
      metric: stalled(mapping),
      threshold: 1,
      periods: 2,
      meaning: 'records wait and none was committed for ten minutes: the oldest is at least that old',
    },
    [`${label}-polling`]: {
      metric: pollingErrors.with({ period: alarmPeriod }),
      threshold: 1,
      periods: 3,
      meaning: 'the pollers do not get through to Kafka: network, security group or permission',
    },
  }
}

/** 1 while records wait and none is committed. Kafka mappings have no metric of record age. */
function stalled({ lag, committed }: MappingMetrics): MathExpression {
  const five = { period: alarmPeriod }
  return new MathExpression({
    expression: 'IF(lag > 0 AND FILL(committed, 0) == 0, 1, 0)',
    usingMetrics: { lag: lag.with(five), committed: committed.with(five) },
    period: alarmPeriod,
    label: 'stalled',
  })
}
