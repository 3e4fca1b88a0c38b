/**
 * Who hears of runs that failed or are late: the topic of alarms, and a webhook where there is one.
 */
import {
  ApiDestination,
  Authorization,
  Connection,
  type IApiDestination,
  type IEventBus,
  Rule,
} from 'aws-cdk-lib/aws-events'
import { ApiDestination as ApiDestinationTarget, SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Duration, SecretValue } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { runEventSource, runEventType } from '../../src/core/run-event.ts'

export type RunAlertsProps = {
  readonly bus: IEventBus
  readonly topic: Topic
  readonly webhook: string | null
}

/** An event goes out as it is: names, figures and a code. What cannot be delivered waits in a queue for 14 days. */
export class RunAlerts extends Construct {
  constructor(scope: Construct, id: string, { bus, topic, webhook }: RunAlertsProps) {
    super(scope, id)
    const deadLetterQueue = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
    })
    const rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description: 'Sluice: runs that failed or are late',
      eventPattern: {
        source: [runEventSource],
        detailType: [runEventType],
        detail: { state: ['failed', 'late'] },
      },
      targets: [new SnsTopic(topic, { deadLetterQueue })],
    })
    if (webhook === null) return
    const connection = new Connection(this, 'Connection', {
      // EventBridge wants some authorization; that of such a URL is the URL itself.
      authorization: Authorization.apiKey('x-sluice', SecretValue.unsafePlainText('run')),
      description: 'Sluice: webhook of run alerts',
    })
    const destination = new ApiDestination(this, 'Webhook', { connection, endpoint: webhook, rateLimitPerSecond: 5 })
    // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
    rule.addTarget(new ApiDestinationTarget(destination as IApiDestination, { deadLetterQueue }))
  }
}
