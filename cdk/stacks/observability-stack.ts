/**
 * What tells people that something is wrong: alarms to one topic, and one dashboard.
 */
import { AlarmWidget, Dashboard, GraphWidget, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { type App, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { AwsSettings } from '../aws-settings.ts'
import { AlarmTopic } from '../constructs/alarm-topic.ts'
import { JobAlarms } from '../constructs/job-alarms.ts'
import { PipelineAlarms } from '../constructs/pipeline-alarms.ts'
import type { PipelineFunctions } from '../constructs/pipeline-functions.ts'
import { PipelineMetrics } from '../constructs/pipeline-metrics.ts'
import { RunAlerts } from '../constructs/run-alerts.ts'
import type { AnalyticsStack } from './analytics-stack.ts'

export type ObservabilityStackProps = StackProps & {
  readonly settings: AwsSettings
  readonly pipelines: readonly PipelineFunctions[]
  /** The bus of run events. */
  readonly runs: IEventBus
  /** Null without analytics jobs. */
  readonly analytics: AnalyticsStack | null
}

const half = 12

export class ObservabilityStack extends Stack {
  constructor(app: App, id: string, { settings, pipelines, runs, analytics, ...props }: ObservabilityStackProps) {
    super(app, id, { description: 'Sluice: alarms and dashboard', ...props })
    const { topic } = new AlarmTopic(this, 'Alarms', { email: settings.alarmEmail })
    new RunAlerts(this, 'RunAlerts', { bus: runs, topic, webhook: settings.alarmWebhook })
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
      logGroup: analytics.logGroup,
      jobs: pipelines.flatMap(({ pipeline }) => (pipeline.analytics ?? []).map(({ name }) => name)),
      topic,
    })
    dashboard.addWidgets(...ofJobs)
    dashboard.addWidgets(new AlarmWidget({ alarm, title: 'jobs-running', width: half / 2, height: 4 }))
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
