/**
 * Watching CloudFormation stacks that are being created.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'

const pauseMs = 100

/**
 * Prepares to wait until all stacks of a cloud assembly have been created. Where one of them exists already, its status
 * cannot tell an update that has ended from one that has not begun, and the wait never resolves. The signal ends it.
 */
export async function stacksCreated(
  aws: AwsEndpoint,
  assembly: string,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const client = new CloudFormationClient(awsConfig(aws))
  const names = await stackNames(assembly)
  const statuses = () => Promise.all(names.map((name) => stackStatus(client, name)))
  if ((await statuses()).some((status) => status !== null)) return () => new Promise(() => {})
  return async (signal) => {
    while (!signal.aborted && !(await statuses()).every((status) => status === 'CREATE_COMPLETE')) {
      await delay(pauseMs, null, { signal }).catch(() => {})
    }
  }
}

async function stackNames(assembly: string): Promise<string[]> {
  const { artifacts } = JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { type: string }>
  }
  return Object.keys(artifacts).filter((name) => artifacts[name]?.type === 'aws:cloudformation:stack')
}

/** Null for a stack that does not exist, which CloudFormation answers with a validation error. */
async function stackStatus(client: CloudFormationClient, name: string): Promise<string | null> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }))
    return Stacks?.[0]?.StackStatus ?? null
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return null
    throw error
  }
}
