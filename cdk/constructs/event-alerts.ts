/**
 * Who hears of runs that failed or are late, and of alerts of records: the topic of alarms, and a webhook where there is
 * one.
 */
import {
  ApiDestination,
  Authorization,
  Connection,
  type EventPattern,
  type IApiDestination,
  type IEventBus,
  type IRuleTarget,
  Rule,
} from 'aws-cdk-lib/aws-events'
import { ApiDestination as ApiDestinationTarget, SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { SecretValue } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { alertSource, alertType } from '../../src/core/alert.ts'
import { runEventSource, runEventType } from '../../src/core/run-event.ts'
import { failureQueue } from './failure-queue.ts'

export type EventAlertsProps = {
  /** The bus of run events. */
  readonly runs: IEventBus
  /** The bus of alerts of records; null where no pipeline has any. */
  readonly records: IEventBus | null
  readonly topic: Topic
  readonly webhook: string | null
}

const troubledRuns: EventPattern = {
  source: [runEventSource],
  detailType: [runEventType],
  detail: { state: ['failed', 'late'] },
}
const alertsOfRecords: EventPattern = { source: [alertSource], detailType: [alertType] }

/** An event goes out as it is. What cannot be delivered waits in a queue for 14 days. */
export class EventAlerts extends Construct {
  constructor(scope: Construct, id: string, { runs, records, topic, webhook }: EventAlertsProps) {
    super(scope, id)
    const deadLetterQueue = failureQueue(this, 'Undelivered')
    const called = webhook === null ? [] : [this.webhook(webhook, deadLetterQueue)]
    const tell = (ruleId: string, eventBus: IEventBus, description: string, eventPattern: EventPattern) => {
      const targets = [new SnsTopic(topic, { deadLetterQueue }), ...called]
      new Rule(this, ruleId, { eventBus, description, eventPattern, targets })
    }
    tell('Rule', runs, 'Sluice: runs that failed or are late', troubledRuns)
    if (records) tell('RecordRule', records, 'Sluice: alerts of records', alertsOfRecords)
  }

  private webhook(endpoint: string, deadLetterQueue: IQueue): IRuleTarget {
    const connection = new Connection(this, 'Connection', {
      // EventBridge wants some authorization; that of such a URL is the URL itself.
      authorization: Authorization.apiKey('x-sluice', SecretValue.unsafePlainText('run')),
      description: 'Sluice: webhook of run alerts',
    })
    const destination = new ApiDestination(this, 'Webhook', { connection, endpoint, rateLimitPerSecond: 5 })
    // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
    return new ApiDestinationTarget(destination as IApiDestination, { deadLetterQueue })
  }
}
