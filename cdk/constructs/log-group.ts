/**
 * The log group of a function, and the permission to write to it and to no other.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'

/** `/aws/lambda/<function>`, kept two weeks. */
export class FunctionLogGroup extends LogGroup {
  /** Lets a role write log events to this group. */
  readonly writeStatement: PolicyStatement

  constructor(scope: Construct, id: string, functionName: string) {
    super(scope, id, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.writeStatement = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroupArn],
    })
  }
}
