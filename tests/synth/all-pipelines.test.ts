/** All pipelines of the app in one deployment: what each brings, and that together they stay within CloudFormation's bounds. */
import { describe, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { functionName, ruleName } from '../../src/core/names.ts'
import { isThisMachine } from '../../src/core/pipeline.ts'
import { awsTemplates, resources, templates } from './templates.ts'

const { pipelines: local } = templates({}, pipelines)
const aws = awsTemplates({ sourceUrl: 'https://sources.example.com' }, pipelines)
const functionsOf = (template: typeof local) =>
  new Map(
    resources(template, 'AWS::Lambda::Function').map(([, { Properties }]) => [Properties.FunctionName, Properties]),
  )

describe.each(pipelines.map((pipeline) => [pipeline.name, pipeline] as const))('pipeline %s', (name, pipeline) => {
  test('has functions, a schedule and mappings of its own', () => {
    const stages = pipeline.process ? (['ingest', 'process', 'write'] as const) : (['ingest', 'write'] as const)
    for (const stage of stages) {
      for (const template of [local, aws.pipelines]) {
        expect(functionsOf(template).has(functionName(name, stage)), functionName(name, stage)).toBe(true)
      }
    }
    expect(functionsOf(local).has(functionName(name, 'process'))).toBe(pipeline.process !== undefined)
    local.hasResourceProperties('AWS::Events::Rule', { Name: ruleName(name) })
  })

  test('reads what stands in for its source, or its own', () => {
    const { bundled, url: own } = pipeline.source
    const told = own !== null && isThisMachine(own) ? own : undefined
    const url = (template: typeof local) =>
      functionsOf(template).get(functionName(name, 'ingest'))?.Environment.Variables.SOURCE_URL
    expect(url(local)).toBe(bundled === undefined ? told : `http://127.0.0.1:8090${bundled}`)
    expect(url(aws.pipelines)).toBe(`https://sources.example.com${bundled ?? `/${name}`}`)
    const { pipelines: live } = templates({ sources: 'live' }, [pipeline])
    expect(url(live)).toBe(own === null ? `http://127.0.0.1:8090${bundled}` : told)
  })

  test('has its tables in Keyspaces, sorted as it asks', () => {
    for (const table of pipeline.tables) {
      const orders = resources(aws.storage, 'AWS::Cassandra::Table')
        .filter(([, { Properties }]) => Properties.TableName === table.name)
        .flatMap(([, { Properties }]) => Properties.ClusteringKeyColumns ?? [])
        .map(({ OrderBy }: { OrderBy: string }) => OrderBy)
      const order = table.clusteringOrder === 'descending' ? 'DESC' : 'ASC'
      expect(orders).toEqual(table.clusteringColumns.map(() => order))
    }
  })
})

test('a pipeline for which nothing is bundled reads its own URL', () => {
  const [users] = pipelines
  if (!users) throw new Error('there is no pipeline')
  const { bundled: _, ...source } = users.source
  const { pipelines: own } = templates({}, [{ ...users, source }])
  for (const { Environment } of functionsOf(own).values())
    expect(Environment.Variables).not.toHaveProperty('SOURCE_URL')
})

test('together they stay below half of what CloudFormation takes: 500 resources, 1 MB a template', () => {
  for (const template of [local, ...Object.values(aws)]) {
    const body = template.toJSON()
    expect(Object.keys(body.Resources).length).toBeLessThan(250)
    expect(JSON.stringify(body).length).toBeLessThan(500_000)
  }
})
