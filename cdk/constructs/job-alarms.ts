/**
 * What tells people that the jobs do not run: an alarm, and the event of a run that EMR has given up. And what jobs counted.
 */
import {
  Alarm,
  ComparisonOperator,
  GraphWidget,
  type IWidget,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { failureQueue } from './failure-queue.ts'

export type JobAlarmsProps = {
  readonly stage: string
  readonly applicationId: string
  readonly applicationName: string
  readonly logGroup: ILogGroup
  readonly jobs: readonly string[]
  readonly topic: Topic
}

/** A run begins again within minutes; this long none runs only when somebody has to look. */
const periods = { length: Duration.minutes(1), count: 30 }

/** What the runner logs of each batch: see spark/runner.py. */
const counted = ['records', 'late', 'undecodable', 'untimed'] as const

export class JobAlarms extends Construct {
  readonly alarm: Alarm
  readonly graphs: readonly IWidget[]

  constructor(scope: Construct, id: string, props: JobAlarmsProps) {
    super(scope, id)
    const { stage, applicationId, applicationName, logGroup, jobs, topic } = props
    this.alarm = new Alarm(this, 'running', {
      alarmName: `sluice-${stage}-jobs-running`,
      alarmDescription: 'Sluice: fewer analytics jobs run than are deployed, for half an hour. See docs/aws.md.',
      metric: new Metric({
        namespace: 'AWS/EMRServerless',
        metricName: 'RunningJobs',
        // Both: from release 7.10 on EMR reports nothing by the id alone. Summed over a minute as in AWS's own dashboard.
        dimensionsMap: { ApplicationId: applicationId, ApplicationName: applicationName },
        statistic: Stats.SUM,
        period: periods.length,
      }),
      threshold: jobs.length,
      evaluationPeriods: periods.count,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // An application that has stopped reports nothing.
      treatMissingData: TreatMissingData.BREACHING,
    })
    this.alarm.addAlarmAction(new SnsAction(topic))
    this.alarm.addOkAction(new SnsAction(topic))

    const deadLetterQueue = failureQueue(this, 'Undelivered')
    new Rule(this, 'Failed', {
      description: 'Sluice: runs of analytics jobs that EMR has given up',
      eventPattern: {
        source: ['aws.emr-serverless'],
        detailType: ['EMR Serverless Job Run State Change'],
        detail: { applicationId: [applicationId], state: ['FAILED'] },
      },
      targets: [new SnsTopic(topic, { deadLetterQueue })],
    })
    for (const name of counted) {
      new MetricFilter(this, name, {
        logGroup,
        filterPattern: FilterPattern.exists(`$.${name}`),
        metricNamespace: 'Sluice',
        metricName: `job-${name}`,
        metricValue: `$.${name}`,
        dimensions: { job: '$.job' },
      })
    }
    this.graphs = counted.slice(0, 3).map((name) => {
      const left = jobs.map(
        (job) =>
          new Metric({
            namespace: 'Sluice',
            metricName: `job-${name}`,
            dimensionsMap: { job },
            statistic: 'Sum',
            label: job,
          }),
      )
      return new GraphWidget({ title: `jobs: ${name}`, left, width: 8, height: 6 })
    })
  }
}
