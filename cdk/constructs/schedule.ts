/**
 * The schedule of a pipeline's runs: an EventBridge rule that starts the ingest, and the queue of starts that failed for good.
 */
import { Rule, Schedule as RuleSchedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { EventInvokeConfig } from 'aws-cdk-lib/aws-lambda'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { ruleName } from '../../src/core/names.ts'
import type { BundledFunction } from './bundled-function.ts'
import { failureQueue } from './failure-queue.ts'

export type ScheduleProps = {
  readonly pipeline: string
  /** `rate(…)` or `cron(…)`. */
  readonly expression: string
  readonly ingest: BundledFunction
}

/** The rule's own event reaches the function, whose `id` and `time` name the run. Two retries, none after an hour. */
export class Schedule extends Construct {
  /** Starts that failed for good. */
  readonly onFailure: Queue

  constructor(scope: Construct, id: string, { pipeline, expression, ingest }: ScheduleProps) {
    super(scope, id)
    this.onFailure = failureQueue(this, 'OnFailure')
    const { queueArn } = this.onFailure
    ingest.allow('sqs:SendMessage', queueArn)
    new EventInvokeConfig(this, 'AsyncInvoke', {
      function: ingest.function,
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      onFailure: { bind: () => ({ destination: queueArn }) },
    })
    new Rule(this, 'Rule', {
      ruleName: ruleName(pipeline),
      description: `Starts a run of pipeline ${pipeline}`,
      schedule: RuleSchedule.expression(expression),
      targets: [new LambdaFunction(ingest.function)],
    })
  }
}
