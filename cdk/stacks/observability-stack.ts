/**
 * What tells people that something is wrong: alarms to one topic, and one dashboard.
 */
import {
  AlarmWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { type App, Duration, Stack, type StackProps } from 'aws-cdk-lib/core'
import { declaredJobs } from '../../src/core/declared-jobs.ts'
import { judgeName } from '../../src/core/names.ts'
import type { AwsSettings } from '../aws-settings.ts'
import { addAlarm } from '../constructs/alarm.ts'
import { AlarmTopic } from '../constructs/alarm-topic.ts'
import { EventAlerts } from '../constructs/event-alerts.ts'
import { JobAlarms } from '../constructs/job-alarms.ts'
import { PipelineAlarms } from '../constructs/pipeline-alarms.ts'
import type { PipelineFunctions } from '../constructs/pipeline-functions.ts'
import { PipelineMetrics } from '../constructs/pipeline-metrics.ts'
import type { AnalyticsStack } from './analytics-stack.ts'

export type ObservabilityStackProps = StackProps & {
  readonly settings: AwsSettings
  readonly pipelines: readonly PipelineFunctions[]
  /** The bus of run events. */
  readonly runs: IEventBus
  /** The bus of alerts of records; null where there are none. */
  readonly alerts: IEventBus | null
  /** Null without analytics jobs. */
  readonly analytics: AnalyticsStack | null
}

const half = 12

export class ObservabilityStack extends Stack {
  constructor(app: App, id: string, props: ObservabilityStackProps) {
    const { settings, pipelines, runs, alerts, analytics, ...rest } = props
    super(app, id, { description: 'Sluice: alarms and dashboard', ...rest })
    const { topic } = new AlarmTopic(this, 'Alarms', { email: settings.alarmEmail })
    new EventAlerts(this, 'RunAlerts', { runs, records: alerts, topic, webhook: settings.alarmWebhook })
    this.addJudgeAlarm(topic)
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `sluice-${settings.stage}` })
    for (const functions of pipelines) {
      const { name } = functions.pipeline
      const metrics = new PipelineMetrics(this, `${name}Metrics`, functions)
      const { alarms } = new PipelineAlarms(this, `${name}Alarms`, { functions, metrics, topic })
      dashboard.addWidgets(new TextWidget({ markdown: `# ${name}`, width: 2 * half, height: 1 }))
      dashboard.addWidgets(...graphs(metrics))
      dashboard.addWidgets(
        ...alarms.map((alarm) => new AlarmWidget({ alarm, title: alarm.node.id, width: half / 2, height: 4 })),
      )
    }
    if (!analytics) return
    const { alarm, graphs: ofJobs } = new JobAlarms(this, 'JobAlarms', {
      stage: settings.stage,
      applicationId: analytics.application.attrApplicationId,
      applicationName: analytics.applicationName,
      logGroup: analytics.logGroup,
      jobs: declaredJobs(pipelines.map(({ pipeline }) => pipeline)).map(({ job }) => job.name),
      topic,
    })
    dashboard.addWidgets(...ofJobs)
    dashboard.addWidgets(new AlarmWidget({ alarm, title: 'jobs-running', width: half / 2, height: 4 }))
  }

  /** Without verdicts nobody hears of records that are lost. */
  private addJudgeAlarm(topic: Topic): void {
    const metric = new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensionsMap: { FunctionName: judgeName },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    })
    const meaning = 'runs are not judged, so that none is seen to have lost a record: the log of the function says why'
    const condition = { metric, threshold: 1, periods: 3, meaning }
    addAlarm(this, 'JudgeErrors', { name: 'verify-errors', about: `function ${judgeName}`, condition, topic })
  }
}

function graphs({ ingest, stages, mappings }: PipelineMetrics): IWidget[] {
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: half, height: 6 })
  return [
    graph('runs: started, failed', [ingest.invocations, ingest.errors]),
    graph('dead letters', [ingest.deadLetters, ...stages.map(({ deadLetters }) => deadLetters)]),
    graph(
      'records behind',
      mappings.map(({ lag }) => lag),
    ),
    graph(
      'records committed',
      mappings.map(({ committed }) => committed),
    ),
    graph(
      'failed and throttled invocations',
      stages.flatMap(({ errors, throttles }) => [errors, throttles]),
    ),
    graph('duration, p99', [ingest.duration, ...stages.map(({ duration }) => duration)]),
  ]
}
