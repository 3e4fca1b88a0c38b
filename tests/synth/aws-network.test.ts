/**
 * The way from functions to what they reach, walked through the templates: subnet, route table, gateway, security group.
 */
import { describe, expect, test } from 'vitest'
import { type AwsTemplates, awsTemplates, type Resource, resources } from './templates.ts'

/** A reference to another stack's resource, or a plain value. */
type Value =
  | string
  | { readonly 'Fn::ImportValue': string }
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': string[] }

const inside = { egress: 'none', sourceUrl: 'https://people.example.internal/api/' }
const nat = awsTemplates()
const none = awsTemplates(inside)

/** Logical id that a value of another stack names in the network's template. */
function idOf(network: AwsTemplates['network'], value: Value): string {
  if (typeof value === 'string') throw new Error(`${value} is no reference`)
  if ('Ref' in value) return value.Ref
  if ('Fn::GetAtt' in value) return value['Fn::GetAtt'][0] ?? ''
  const name = value['Fn::ImportValue'].replace(/^[^:]*:/, '')
  const outputs = Object.values(network.toJSON().Outputs) as { Value: Value; Export: { Name: string } }[]
  const output = outputs.find(({ Export }) => Export.Name.endsWith(`:${name}`))
  if (!output) throw new Error(`nothing is exported as ${name}`)
  return idOf(network, output.Value)
}

/** The functions in the VPC with their subnets and security groups, by name. */
function functionsOf(templates: AwsTemplates) {
  const all = [templates.data, templates.pipelines].flatMap((template) => resources(template, 'AWS::Lambda::Function'))
  const inVpc = all.flatMap(([, { Properties }]) => (Properties.VpcConfig ? [Properties] : []))
  return new Map(
    inVpc.map(({ FunctionName, VpcConfig }) => [
      FunctionName as string,
      {
        subnets: VpcConfig.SubnetIds.map((value: Value) => idOf(templates.network, value)) as string[],
        groups: VpcConfig.SecurityGroupIds.map((value: Value) => idOf(templates.network, value)) as string[],
      },
    ]),
  )
}

/** Where the default route of a subnet ends: the kinds of the gateways on the way. */
function wayOut({ network }: AwsTemplates, subnet: string): string[] {
  const routes = resources(network, 'AWS::EC2::Route').map(([, { Properties }]) => Properties)
  const association = resources(network, 'AWS::EC2::SubnetRouteTableAssociation').find(
    ([, { Properties }]) => Properties.SubnetId.Ref === subnet,
  )?.[1].Properties
  const route = routes.find(
    (each) => each.RouteTableId.Ref === association?.RouteTableId.Ref && each.DestinationCidrBlock === '0.0.0.0/0',
  )
  if (!route) return []
  if (route.GatewayId) return [typeOf(network, route.GatewayId.Ref)]
  const [, gateway] = resources(network, 'AWS::EC2::NatGateway').find(([id]) => id === route.NatGatewayId.Ref) ?? []
  return [
    typeOf(network, route.NatGatewayId.Ref),
    ...wayOut({ network } as AwsTemplates, gateway?.Properties.SubnetId.Ref),
  ]
}

function typeOf(network: AwsTemplates['network'], id: string): string {
  return network.toJSON().Resources[id].Type
}

/** Ports that the security groups let out to anywhere. */
function portsOut({ network }: AwsTemplates, groups: readonly string[]): number[] {
  return resources(network, 'AWS::EC2::SecurityGroup')
    .filter(([id]) => groups.includes(id))
    .flatMap(([, { Properties }]) => Properties.SecurityGroupEgress as Record<string, unknown>[])
    .filter(({ CidrIp }) => CidrIp === '0.0.0.0/0')
    .map(({ FromPort }) => FromPort as number)
}

describe('with a NAT gateway', () => {
  test('a function that reads a source outside gets there, and every other function does not', () => {
    const functions = functionsOf(nat)
    expect([...functions.keys()].sort()).toEqual([
      'sluice-topology',
      'sluice-users-ingest',
      'sluice-users-process',
      'sluice-users-write',
      'sluice-verify',
    ])
    for (const [name, { subnets, groups }] of functions) {
      expect(subnets.length, name).toBe(2)
      const reads = name.endsWith('-ingest')
      expect(portsOut(nat, groups), name).toEqual(reads ? [443] : [])
      if (!reads) continue
      for (const subnet of subnets) {
        expect(wayOut(nat, subnet), subnet).toEqual(['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway'])
      }
    }
  })

  test('there is one, and nothing comes in from outside', () => {
    nat.network.resourceCountIs('AWS::EC2::NatGateway', 1)
    for (const [, { Properties }] of resources(nat.network, 'AWS::EC2::SecurityGroup')) {
      expect(Properties.SecurityGroupIngress ?? []).toEqual([])
    }
    for (const [, { Properties }] of resources(nat.network, 'AWS::EC2::SecurityGroupIngress')) {
      expect(Properties).toHaveProperty('SourceSecurityGroupId')
    }
  })
})

describe('without', () => {
  test('there is no way out, which the walk sees', () => {
    none.network.resourceCountIs('AWS::EC2::NatGateway', 0)
    none.network.resourceCountIs('AWS::EC2::InternetGateway', 0)
    const ingest = functionsOf(none).get('sluice-users-ingest')
    expect(ingest?.subnets.map((subnet) => wayOut(none, subnet))).toEqual([[], []])
  })

  test('functions reach an inside source by its port, and what they call by endpoints', () => {
    const port = awsTemplates({ egress: 'none', sourceUrl: 'http://10.1.2.3:8080/api/' })
    expect(portsOut(port, functionsOf(port).get('sluice-users-ingest')?.groups ?? [])).toEqual([8080])
    expect(endpointsOf(none)).toEqual(['cassandra', 'events', 'glue', 'logs', 's3'])
  })

  test('a source outside is refused', () => {
    expect(() => awsTemplates({ egress: 'none' })).toThrow('the source of pipeline "users" is outside the network')
  })
})

function endpointsOf({ network }: AwsTemplates): string[] {
  return resources(network, 'AWS::EC2::VPCEndpoint')
    .map(([, { Properties }]) => JSON.stringify(Properties.ServiceName))
    .map((name) => /\.(\w+)"/.exec(name)?.[1] ?? name)
    .sort()
}

/** Who may speak to whom, as `from -> to:port` with the first letters of the groups' ids. */
function allowed({ network }: AwsTemplates, kind: 'Ingress' | 'Egress'): string[] {
  const name = (value: Value) => idOf(network, value).replace(/[0-9A-F]{8}$/, '')
  return resources(network, `AWS::EC2::SecurityGroup${kind}`)
    .map(([, { Properties }]: [string, Resource]) =>
      kind === 'Ingress'
        ? `${name(Properties.SourceSecurityGroupId)} -> ${name(Properties.GroupId)}:${Properties.FromPort}`
        : `${name(Properties.GroupId)} -> ${Properties.DestinationPrefixListId ? 'S3' : name(Properties.DestinationSecurityGroupId)}:${Properties.FromPort}`,
    )
    .sort()
}

describe('security groups', () => {
  const pairs = [
    'Brokers -> Brokers:9098',
    'Functions -> Brokers:9098',
    'Functions -> Endpoints:443',
    'Functions -> Endpoints:9142',
    'Jobs -> Brokers:9098',
    'Jobs -> Endpoints:443',
    'Jobs -> Jobs:0',
  ]

  test('let functions, jobs and pollers to the brokers, functions and jobs to the endpoints, and jobs to S3', () => {
    expect(allowed(nat, 'Ingress')).toEqual(pairs)
    expect(allowed(nat, 'Egress')).toEqual([...pairs, 'Jobs -> S3:443'])
  })

  test('of a provisioned cluster have the port of logins, and functions an endpoint for the secret', () => {
    const provisioned = awsTemplates({ cluster: 'provisioned' })
    expect(allowed(provisioned, 'Ingress')).toEqual(
      expect.arrayContaining(['Functions -> Brokers:9096', 'Jobs -> Brokers:9096']),
    )
    expect(endpointsOf(provisioned)).toEqual(['cassandra', 'events', 'glue', 'logs', 's3', 'secretsmanager'])
  })
})

test('no security group keeps the rule that lets all out', () => {
  for (const [id, { Properties }] of resources(nat.network, 'AWS::EC2::SecurityGroup')) {
    expect(Properties.SecurityGroupEgress[0], id).toMatchObject({ CidrIp: '127.0.0.1/32' })
  }
})

test('refused connections are logged', () => {
  nat.network.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT', ResourceType: 'VPC' })
})

test('zones that are given are those of the network, others are looked up when it is deployed', () => {
  const zones = ['us-east-1b', 'us-east-1d']
  const given = awsTemplates({ zones: zones.join(',') })
  const zonesOf = ({ network }: AwsTemplates) =>
    resources(network, 'AWS::EC2::Subnet').map(([, { Properties }]) => Properties.AvailabilityZone)
  expect(new Set(zonesOf(given))).toEqual(new Set(zones))
  for (const zone of zonesOf(nat)) expect(zone).toHaveProperty('Fn::Select')
})
