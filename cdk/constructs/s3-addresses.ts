/**
 * The addresses of S3 in the region as security groups know them, which CloudFormation has no attribute for: asked of the
 * EC2 API when it deploys. A gateway endpoint has no security group of its own.
 */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Aws } from 'aws-cdk-lib/core'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import { FunctionLogGroup } from './log-group.ts'

const functionName = 'sluice-s3-addresses'
const field = 'PrefixLists.0.PrefixListId'

export class S3Addresses extends Construct {
  /** The id of the prefix list that AWS keeps. */
  readonly prefixList: string

  constructor(scope: Construct, id: string, { retention }: { readonly retention: RetentionDays }) {
    super(scope, id)
    const logGroup = new FunctionLogGroup(this, 'Logs', functionName, retention)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(logGroup.writeStatement)
    const asked = new AwsCustomResource(this, 'Resource', {
      resourceType: 'Custom::SluiceS3Addresses',
      functionName,
      role,
      logGroup,
      installLatestAwsSdk: false,
      onUpdate: {
        service: 'EC2',
        action: 'DescribeManagedPrefixLists',
        parameters: { Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${Aws.REGION}.s3`] }] },
        physicalResourceId: PhysicalResourceId.of(functionName),
        outputPaths: [field],
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['ec2:DescribeManagedPrefixLists'], resources: ['*'] }),
      ]),
    })
    this.prefixList = asked.getResponseField(field)
  }
}
