import { expect, test } from 'vitest'
import { checkPipelineFiles } from '../../cdk/pipeline-files.ts'
import { readSettings } from '../../cdk/settings.ts'
import { readTarget } from '../../cdk/target.ts'
import { pipelines } from '../../pipelines/index.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { stacks } from './templates.ts'

test('a target binds the stacks to the account of emulators, whatever the credentials', () => {
  const environment = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-central-1' }
  const target = readTarget((key) => (key === 'target' ? 'localstack' : undefined), environment)
  expect(target).toEqual({ name: 'localstack', account: '000000000000', region: 'eu-central-1' })
  for (const { account } of Object.values(stacks())) expect(account).toBe('000000000000')
})

test('a number in cdk.json is as good as text on the command line', () => {
  const context: Record<string, unknown> = { cassandraPort: 9142 }
  const target = { name: 'embedded', account: '000000000000', region: 'us-east-1' } as const
  expect(readSettings((key) => context[key], target).cassandra.port).toBe(9142)
})

test('functions of target localstack reach the containers by name, its poller reaches Kafka from the host', () => {
  const context: Record<string, unknown> = {}
  const target = { name: 'localstack', account: '000000000000', region: 'us-east-1' } as const
  expect(readSettings((key) => context[key], target)).toEqual({
    target,
    bootstrapServers: ['kafka:19092'],
    pollerBootstrapServers: ['127.0.0.1:9092'],
    cassandra: { host: 'cassandra', port: 9042, localDataCenter: 'datacenter1' },
    registryUrl: 'http://registry:8080/apis/ccompat/v7',
    sourceUrl: 'http://source:8090',
    sources: 'bundled',
    stacks: 'inOrder',
  })
  context.cassandraHost = '127.0.0.1'
  expect(readSettings((key) => context[key], target).cassandra.host).toBe('127.0.0.1')
})

test('a pipeline has to be what the file of its name exports', async () => {
  await expect(checkPipelineFiles(pipelines)).resolves.toBeUndefined()
  const renamed: Pipeline = { ...(pipelines[0] as Pipeline), name: 'people' }
  await expect(checkPipelineFiles([renamed])).rejects.toMatchObject({
    code: 'PIPELINE_INVALID',
    message: expect.stringContaining('pipelines/people.ts'),
  })
})
