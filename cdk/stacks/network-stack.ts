/**
 * The network of the app: private subnets, the way out for functions that read sources, and who may speak to whom.
 * With an existing cluster, its owner's network with security groups for our functions.
 */
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { type App, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { secretNames } from '../../src/core/secret.ts'
import { type AwsSettings, type ClusterChoice, sourceUrlOf, zoneCount } from '../aws-settings.ts'
import { S3Addresses } from '../constructs/s3-addresses.ts'
import { portOf } from '../source-place.ts'

/** Where functions and brokers are. */
export type Network = {
  readonly vpc: IVpc
  readonly privateSubnets: SubnetSelection
  /** Of every function: it reaches brokers and endpoints, and nothing else. */
  readonly functions: ISecurityGroup
  /** Of functions that read sources, besides: it reaches the ports of the sources anywhere. */
  readonly sources: ISecurityGroup
  /** Of analytics jobs: they reach brokers, endpoints and S3. */
  readonly jobs: ISecurityGroup
  readonly brokers: ISecurityGroup
}

export type NetworkStackProps = StackProps & {
  readonly settings: AwsSettings
  readonly pipelines: readonly Pipeline[]
}

/** Ports of MSK's brokers for clients in the VPC, by how these prove who they are. */
const brokerPorts = { iam: 9098, scram: 9096 } as const
const httpsPort = 443
const keyspacesPort = 9142

/**
 * What functions call besides brokers. Through endpoints of the VPC, so that none but readers of sources has a way out.
 * Those of jobs besides: Spark's workers write their logs from inside.
 * Not here: logs and on-failure queues of functions, which Lambda itself writes to; STS, as IAM tokens for Kafka are signed in the
 * function; Lambda and STS for the pollers, as those of provisioned mode bring their own connection.
 */
const endpointServices = [
  { id: 'Keyspaces', service: InterfaceVpcEndpointAwsService.KEYSPACES, callers: ['functions'], needed: () => true },
  { id: 'Glue', service: InterfaceVpcEndpointAwsService.GLUE, callers: ['functions', 'jobs'], needed: () => true },
  {
    id: 'EventBridge',
    service: InterfaceVpcEndpointAwsService.EVENTBRIDGE,
    callers: ['functions'],
    needed: () => true,
  },
  {
    id: 'Logs',
    service: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    callers: ['jobs'],
    needed: (_: ClusterChoice, pipelines: readonly Pipeline[]) => haveJobs(pipelines),
  },
  {
    id: 'SecretsManager',
    service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    callers: ['functions', 'jobs'],
    needed: ({ kind }: ClusterChoice, pipelines: readonly Pipeline[]) =>
      kind === 'provisioned' || pipelines.some(({ source }) => secretNames(source.headers).length > 0),
  },
] as const

type Caller = (typeof endpointServices)[number]['callers'][number]

const haveJobs = (pipelines: readonly Pipeline[]) => pipelines.some(({ analytics = [] }) => analytics.length > 0)

export class NetworkStack extends Stack {
  readonly network: Network
  private readonly zones: readonly string[] | null

  constructor(app: App, id: string, { settings, pipelines, ...props }: NetworkStackProps) {
    super(app, id, { description: 'Sluice: network', ...props })
    const { cluster } = settings
    this.zones = settings.zones
    const { vpc, privateSubnets } = cluster.kind === 'existing' ? this.existing(cluster) : this.own(settings)
    const functions = closedGroup(this, 'Functions', vpc, 'Sluice functions: to brokers and endpoints')
    const sources = closedGroup(this, 'Sources', vpc, 'Sluice functions that read sources: to the ports of these')
    const jobs = closedGroup(this, 'Jobs', vpc, 'Sluice analytics jobs: to brokers, endpoints and S3')
    const brokers =
      cluster.kind === 'existing'
        ? SecurityGroup.fromSecurityGroupId(this, 'Brokers', cluster.securityGroup)
        : closedGroup(this, 'Brokers', vpc, 'Sluice brokers')
    const brokerPort = Port.tcp(brokerPorts[cluster.kind === 'provisioned' ? 'scram' : 'iam'])
    brokers.connections.allowFrom(functions, brokerPort, 'functions to brokers')
    if (haveJobs(pipelines)) {
      brokers.connections.allowFrom(jobs, brokerPort, 'jobs to brokers')
      jobs.connections.allowInternally(Port.allTcp(), 'a driver and its executors')
    }
    // The pollers of event source mappings have the brokers' own groups.
    if (cluster.kind !== 'existing') brokers.connections.allowInternally(brokerPort, 'pollers to brokers')

    const urls = pipelines.map((pipeline) => sourceUrlOf(settings, pipeline)).filter((url) => url !== null)
    for (const port of new Set(urls.map(portOf))) sources.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'to sources')

    if (cluster.kind === 'existing') {
      for (const port of [httpsPort, keyspacesPort]) {
        functions.addEgressRule(Peer.anyIpv4(), Port.tcp(port), "to AWS, as the owner's network leads there")
      }
      jobs.addEgressRule(Peer.anyIpv4(), Port.tcp(httpsPort), "to AWS, as the owner's network leads there")
    } else {
      this.addEndpoints(vpc, privateSubnets, { functions, jobs }, cluster, pipelines)
      if (haveJobs(pipelines)) {
        const { prefixList } = new S3Addresses(this, 'S3Addresses', { retention: settings.logDays })
        jobs.addEgressRule(Peer.prefixList(prefixList), Port.tcp(httpsPort), 'to S3 through its endpoint')
      }
    }
    this.network = { vpc, privateSubnets, functions, sources, jobs, brokers }
  }

  /** The same templates with and without credentials: names of zones that are not given are looked up by CloudFormation. */
  override get availabilityZones(): string[] {
    return this.zones ? [...this.zones] : [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()))
  }

  private own({ cluster, egress, logDays, data }: AwsSettings) {
    const subnet = (name: string, subnetType: SubnetType): SubnetConfiguration => ({ name, subnetType, cidrMask: 24 })
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.42.0.0/16'),
      maxAzs: zoneCount(cluster),
      natGateways: egress === 'nat' ? 1 : 0,
      subnetConfiguration:
        egress === 'nat'
          ? [subnet('public', SubnetType.PUBLIC), subnet('private', SubnetType.PRIVATE_WITH_EGRESS)]
          : [subnet('private', SubnetType.PRIVATE_ISOLATED)],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    })
    vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', {
          retention: logDays,
          removalPolicy: data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        }),
      ),
      trafficType: FlowLogTrafficType.REJECT,
    })
    // CDK's own class does not fit its interface under exactOptionalPropertyTypes.
    return { vpc: vpc as IVpc, privateSubnets: { subnetGroupName: 'private' } }
  }

  private existing({ vpc, subnets }: Extract<ClusterChoice, { kind: 'existing' }>) {
    const imported = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: vpc,
      availabilityZones: subnets.map((_, index) => Fn.select(index, Fn.getAzs())),
      privateSubnetIds: [...subnets],
    })
    return { vpc: imported, privateSubnets: { subnets: imported.privateSubnets } }
  }

  private addEndpoints(
    vpc: IVpc,
    subnets: SubnetSelection,
    groups: Readonly<Record<Caller, SecurityGroup>>,
    cluster: ClusterChoice,
    pipelines: readonly Pipeline[],
  ): void {
    const endpoints = closedGroup(this, 'Endpoints', vpc, 'Sluice endpoints of AWS services')
    for (const { id, service, callers, needed } of endpointServices) {
      if (!needed(cluster, pipelines)) continue
      new InterfaceVpcEndpoint(this, `${id}Endpoint`, {
        vpc,
        service,
        subnets,
        securityGroups: [endpoints],
        open: false,
      })
      for (const caller of callers) {
        if (caller === 'jobs' && !haveJobs(pipelines)) continue
        endpoints.connections.allowFrom(groups[caller], Port.tcp(service.port), `${caller} to ${id}`)
      }
    }
  }
}

/** A group that lets nothing in or out until told. EC2's own rule lets all out unless the group has another from the start. */
function closedGroup(scope: Construct, id: string, vpc: IVpc, description: string): SecurityGroup {
  const group = new SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false })
  group.addEgressRule(Peer.ipv4('127.0.0.1/32'), Port.allTraffic(), 'nowhere')
  return group
}
