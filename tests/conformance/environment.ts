/**
 * The one environment of all conformance cases: Kafka, the registry and the AWS emulator, with functions deployed and clients open.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { awsConfig } from '../../src/connect/aws.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { connectRegistry } from '../../src/connect/registry.ts'
import type { SchemaRegistry } from '../../src/connect/schema-registry.ts'
import type { AwsEndpoint } from '../../src/core/endpoints.ts'
import { freePorts } from '../../src/local/ports.ts'
import { startStack } from '../../src/local/stack.ts'
import { deployFunctions } from './functions.ts'

/** What cases share. */
export type Environment = {
  readonly bootstrapServers: string
  readonly kafka: Kafka
  readonly admin: Admin
  readonly producer: Producer
  readonly aws: AwsEndpoint
  readonly registry: SchemaRegistry
  readonly registryUrl: string
  readonly lambda: LambdaClient
  readonly sqs: SQSClient
  readonly sns: SNSClient
  readonly s3: S3Client
  readonly ssm: SSMClient
  /** Where functions leave what they were invoked with, a file a topic. */
  readonly captures: string
  stop(): Promise<void>
}

/** Starts it; leaves nothing behind when that fails. */
export async function startEnvironment(): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-conformance-'))
  const captures = join(folder, 'captures')
  mkdirSync(captures)
  const services = ['kafka', 'emulator', 'registry'] as const
  const stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  const { aws, kafka: endpoint, registry } = stack.endpoints
  const kafka = connectKafka({ bootstrapServers: endpoint.bootstrapServers, clientId: 'conformance' })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const stop = async () => {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()])
    await stack.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const config = awsConfig(aws)
  const lambda = new LambdaClient(config)
  try {
    await stack.allReady
    await Promise.all([admin.connect(), producer.connect(), deployFunctions(lambda, captures)])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    bootstrapServers: endpoint.bootstrapServers,
    kafka,
    admin,
    producer,
    aws,
    registry: connectRegistry(registry),
    registryUrl: registry.url,
    lambda,
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    ssm: new SSMClient(config),
    captures,
    stop,
  }
}
