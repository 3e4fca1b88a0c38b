/**
 * What the emulator does on Lambda's behalf that MiniStack alone does not.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateFunctionCommand, InvokeCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { zip } from '../fixtures/zip.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-emulator-'))
const name = 'waits'
let stack: LocalStack
let lambda: LambdaClient

beforeAll(async () => {
  const services = ['emulator'] as const
  stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  await stack.allReady
  lambda = new LambdaClient(awsConfig(stack.endpoints.aws))
})
afterAll(async () => {
  lambda?.destroy()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A function that says that it has begun, and answers with its version and its process when it may. */
const code = (version: string) =>
  zip(
    'index.js',
    Buffer.from(`const { existsSync, writeFileSync } = require('node:fs')
exports.handler = async ({ begun, mayEnd }) => {
  writeFileSync(begun, '')
  while (!existsSync(mayEnd)) await new Promise((resolve) => setTimeout(resolve, 20))
  return { version: '${version}', pid: process.pid }
}`),
  )

async function invoke(begun: string, mayEnd: string): Promise<{ readonly version: string; readonly pid: number }> {
  const event = Buffer.from(JSON.stringify({ begun, mayEnd }))
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: event }))
  return JSON.parse(Buffer.from(Payload ?? '').toString())
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('an invocation ends on the code that it began with, and its worker with it', async () => {
  const [begun, mayEnd] = [join(folder, 'begun'), join(folder, 'may-end')]
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Timeout: 60,
      Code: { ZipFile: code('old') },
    }),
  )
  const under = invoke(begun, mayEnd)
  await vi.waitUntil(() => existsSync(begun), { timeout: 30_000 })
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: code('new') }))
  writeFileSync(mayEnd, '')
  const old = await under
  expect(old.version).toBe('old')
  const next = await invoke(begun, mayEnd)
  expect(next.version).toBe('new')
  expect(isAlive(next.pid)).toBe(true)
  await expect.poll(() => isAlive(old.pid), { timeout: 10_000 }).toBe(false)
})
