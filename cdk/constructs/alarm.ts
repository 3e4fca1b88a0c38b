/**
 * An alarm that tells a topic, when it goes off and when it is over.
 */
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'

/** When an alarm goes off: a metric at or above a threshold in each of so many periods. */
export type Condition = {
  readonly metric: IMetric
  readonly threshold: number
  readonly periods: number
  readonly meaning: string
}

/** Adds the alarm `sluice-<name>`; its description says about whom it is and what it means. */
export function addAlarm(
  scope: Construct,
  id: string,
  { name, about, condition, topic }: { name: string; about: string; condition: Condition; topic: Topic },
): Alarm {
  const alarm = new Alarm(scope, id, {
    alarmName: `sluice-${name}`,
    alarmDescription: `Sluice, ${about}: ${condition.meaning}. See docs/aws.md.`,
    metric: condition.metric,
    threshold: condition.threshold,
    evaluationPeriods: condition.periods,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
  alarm.addAlarmAction(new SnsAction(topic))
  alarm.addOkAction(new SnsAction(topic))
  return alarm
}
