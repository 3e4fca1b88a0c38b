/**
 * The log group of a function, and the permission to write to it and to no other.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'

/** `/aws/lambda/<function>`; it goes with its stack. */
export class FunctionLogGroup extends LogGroup {
  /** Lets a role write log events to this group. */
  readonly writeStatement: PolicyStatement

  constructor(scope: Construct, id: string, functionName: string, retention: RetentionDays) {
    super(scope, id, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.writeStatement = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroupArn],
    })
  }
}
