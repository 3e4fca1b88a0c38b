/**
 * Where alarms go: an encrypted SNS topic that CloudWatch and EventBridge may publish to.
 */
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Aws, RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

/** The key is the app's own, as CloudWatch may not use the account's default key of SNS. */
export class AlarmTopic extends Construct {
  readonly topic: Topic

  constructor(scope: Construct, id: string, { email }: { readonly email: string | null }) {
    super(scope, id)
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com')
    const ofAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }
    const key = new Key(this, 'Key', {
      description: 'Sluice: alarms on their way to people',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: ofAccount,
      }),
    )
    this.topic = new Topic(this, 'Topic', { displayName: 'Sluice alarms', masterKey: key, enforceSSL: true })
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: ofAccount,
      }),
    )
    if (email !== null) this.topic.addSubscription(new EmailSubscription(email))
  }
}
