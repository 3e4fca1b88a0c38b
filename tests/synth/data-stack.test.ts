import { expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { parseEnvironment } from '../../src/core/environment.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { resources, templates } from './templates.ts'

const { data } = templates({}, pipelines)
const custom = () => resources(data, 'Custom::SluiceTopology')[0]?.[1].Properties

test('the custom resource carries the model of all pipelines', () => {
  data.resourceCountIs('Custom::SluiceTopology', 1)
  expect(JSON.parse(custom().Topology)).toEqual(topologyOf(pipelines))
})

test('another address makes it run again', () => {
  const other = templates({ bootstrapServers: 'kafka:9092' }, pipelines).data
  const [[, { Properties }] = ['', { Properties: {} }]] = resources(other, 'Custom::SluiceTopology')
  expect(Properties.Services).not.toBe(custom().Services)
})

test('its handler has the environment that it parses, and each function a log group with a retention', () => {
  const functions = resources(data, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties)
  const names = functions.map(({ FunctionName }) => FunctionName).sort()
  expect(names).toEqual(['sluice-topology', 'sluice-topology-provider'])
  const handler = functions.find(({ FunctionName }) => FunctionName === 'sluice-topology')
  expect(parseEnvironment(handler.Environment.Variables).cassandra).toMatchObject({ secret: 'sluice/cassandra' })
  const groups = new Map(resources(data, 'AWS::Logs::LogGroup'))
  for (const { FunctionName, LoggingConfig } of functions) {
    const group = groups.get(LoggingConfig.LogGroup.Ref)
    expect(group?.Properties).toEqual({ LogGroupName: `/aws/lambda/${FunctionName}`, RetentionInDays: 14 })
  }
})
