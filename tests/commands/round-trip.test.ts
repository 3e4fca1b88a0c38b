/**
 * The commands of docs/local.md, as they are written there, against the services of this machine: bootstrap, deploy,
 * deploy a change, destroy. Functions run on the host here, so that each command gets the host's addresses too.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import { mappingParameterPath } from '../../src/core/event-source-mapping.ts'
import { functionName, ruleName, valueSubject } from '../../src/core/names.ts'
import { stageMappings } from '../../src/core/stage-mapping.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import { cloneFolder } from '../../src/operations/places.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { stopSchedule } from '../fixtures/schedule.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-round-trip-'))
const documented = readFileSync(join(cloneFolder, 'docs/local.md'), 'utf8')
const mapped = pipelines.flatMap(stageMappings)
const functions = [
  ...pipelines.map(({ name }) => functionName(name, 'ingest')),
  ...mapped.map((mapping) => mapping.functionName),
]
let stack: LocalStack
let clients: Clients

beforeAll(async () => {
  stack = await startStack({ folder, ports: await freePorts(), fresh: true, report: () => {} })
  await stack.allReady
  clients = await openClients(stack.endpoints)
})

afterAll(async () => {
  await clients?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the one documented line that begins like this, with more context. */
async function run(beginning: string, context: Readonly<Record<string, string>> = {}): Promise<void> {
  const lines = documented.split('\n').filter((line) => line.startsWith(beginning))
  expect(lines, `docs/local.md has one line "${beginning} …"`).toHaveLength(1)
  const { kafka, cassandra, registry, source, aws } = stack.endpoints
  const all = {
    bootstrapServers: kafka.bootstrapServers,
    pollerBootstrapServers: kafka.bootstrapServers,
    cassandraHost: cassandra.host,
    cassandraPort: String(cassandra.port),
    registryUrl: registry.url,
    sourceUrl: source.url,
    ...context,
  }
  const more = Object.entries(all).map(([key, value]) => `-c ${key}=${value}`)
  const child = spawn('sh', ['-c', [...lines, ...more, `--output ${join(folder, 'cdk.out')}`].join(' ')], {
    cwd: cloneFolder,
    env: {
      ...process.env,
      PATH: [join(cloneFolder, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      CDK_HOME: join(folder, 'cdk-home'),
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ENDPOINT_URL_S3: aws.endpoint,
      AWS_ACCESS_KEY_ID: aws.accountId,
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: aws.region,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  expect(code, output).toBe(0)
}

const deployedFunctions = async () => {
  const { Functions = [] } = await new LambdaClient(awsConfig(stack.endpoints.aws)).send(new ListFunctionsCommand({}))
  return Functions.map((each) => each.FunctionName)
}
const stopSchedules = async () => {
  for (const { name } of pipelines) await stopSchedule(stack.endpoints.aws, name)
}
const rules = async () => {
  const events = new EventBridgeClient(awsConfig(stack.endpoints.aws))
  const { Rules = [] } = await events.send(new ListRulesCommand({}))
  return Rules.map(({ Name }) => Name)
}
const mappings = async () => {
  const client = new SSMClient(awsConfig(stack.endpoints.aws))
  const names: (string | undefined)[] = []
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, { Path: mappingParameterPath })) {
    names.push(...Parameters.map(({ Name }) => Name?.slice(mappingParameterPath.length)))
  }
  return names.toSorted()
}
const ingestConfiguration = () =>
  new LambdaClient(awsConfig(stack.endpoints.aws)).send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName(pipeline.name, 'ingest') }),
  )

/** What keeps data, each with something that tells whether it is still the same. */
async function data() {
  const topics = await clients.admin.fetchTopicOffsets(pipeline.topic.name)
  const runs = await clients.cassandra.execute('SELECT * FROM sluice.runs')
  return {
    published: topics.reduce((sum, { high }) => sum + Number(high), 0),
    topics: (await clients.admin.listTopics()).filter((name) => !name.startsWith('__')).toSorted(),
    runs: runs.rowLength,
    subjects: (await clients.registry.subjects()).toSorted(),
  }
}

test('bootstrap and deploy give an app that works', async () => {
  await run('npx cdk bootstrap')
  await run('npx cdk deploy')
  expect(await deployedFunctions()).toEqual(expect.arrayContaining(functions))
  expect(await rules()).toEqual(expect.arrayContaining(pipelines.map(({ name }) => ruleName(name))))
  expect(await mappings()).toEqual(mapped.map(({ id }) => id).toSorted())
  await stopSchedules()
  expect(await trigger(stack.endpoints.aws, pipeline, { records: 20, seed: 'round-trip' })).toMatchObject({
    fetched: 20,
  })
})

test('a changed deploy changes what was changed', async () => {
  const before = await ingestConfiguration()
  const kept = await data()
  const sourceUrl = `${stack.endpoints.source.url}/changed`
  await run('npx cdk deploy', { sourceUrl })
  const after = await ingestConfiguration()
  expect(before.Environment?.Variables?.SOURCE_URL).not.toContain(sourceUrl)
  expect(after.Environment?.Variables).toEqual({
    ...before.Environment?.Variables,
    SOURCE_URL: `${sourceUrl}/${pipeline.name}`,
  })
  expect(after.CodeSha256).toBe(before.CodeSha256)
  expect(await data()).toMatchObject({ topics: kept.topics, subjects: kept.subjects })
})

test('destroy takes functions, rule and mappings away, and leaves topics, tables and subjects with their data', async () => {
  const kept = await data()
  expect(kept.published).toBeGreaterThanOrEqual(20)
  expect(kept.subjects).toContain(valueSubject(pipeline.topic.name))
  await run('npx cdk destroy')
  expect(await deployedFunctions()).toEqual([])
  expect(await rules()).toEqual([])
  expect(await mappings()).toEqual([])
  expect(await data()).toEqual(kept)
})

test('deploy after destroy goes on with the data', async () => {
  const kept = await data()
  await run('npx cdk deploy')
  await stopSchedules()
  expect(await trigger(stack.endpoints.aws, pipeline, { records: 20, seed: 'again' })).toMatchObject({ fetched: 20 })
  expect((await data()).published).toBeGreaterThanOrEqual(kept.published + 20)
  expect((await data()).subjects).toEqual(kept.subjects)
})
