/**
 * The functions of the conformance cases, deployed once. Each appends what it is invoked with to a file of its topic,
 * from which a case reads it, and then does what its name says.
 */
import { CreateFunctionCommand, GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { vi } from 'vitest'
import { zip } from '../fixtures/zip.ts'

/** What each function does after it has taken its event down; records are bad whose value begins with `bad`. */
const bodies = {
  /** Succeeds. */
  echo: '',
  /** Throws when the event holds a bad record. */
  fail: "if (records.some(isBad)) throw new Error('bad')",
  /** Throws at the first two invocations with the topic. */
  flaky: "if (invocation < 3) throw new Error('not yet')",
  /** Throws at the first twelve invocations with the topic. */
  stubborn: "if (invocation < 13) throw new Error('not yet')",
  /** Exits at the first invocation with the topic. */
  exit: 'if (invocation < 2) process.exit(1)',
  /** Runs into its time limit of one second at the first invocation with the topic. */
  timeout: 'if (invocation < 2) await new Promise((resolve) => setTimeout(resolve, 5000))',
  /** Takes a second. */
  slow: 'await new Promise((resolve) => setTimeout(resolve, 1000)); append({ ended: Date.now() })',
  /** Names the bad records as failed. */
  partial: 'return { batchItemFailures: records.filter(isBad).map(identifier) }',
  /** Names the bad records as failed at the first invocation with the topic. */
  recovering: 'return { batchItemFailures: invocation < 2 ? records.filter(isBad).map(identifier) : [] }',
  /** Answers at the first invocation with what the event's first record holds as JSON. */
  answer: "return invocation < 2 ? JSON.parse(textOf(records[0]).replaceAll('TOPIC', records[0].topic)) : null",
  /** Answers with nothing at all. */
  nothing: 'return undefined',
} as const

/** Name of a deployed function. */
export type FunctionName = keyof typeof bodies

const source = `
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const textOf = ({ value }) => Buffer.from(value ?? '', 'base64').toString()
const isBad = (record) => textOf(record).startsWith('bad')
const identifier = ({ topic, partition, offset }) => ({ itemIdentifier: { partition: topic + '-' + partition, offset } })
const wrap = (body) => async (event) => {
  const records = Object.values(event.records).flat()
  const file = process.env.CAPTURES + '/' + records[0].topic
  const append = (entry) => appendFileSync(file, JSON.stringify(entry) + '\\n')
  append({ began: Date.now(), function: process.env.AWS_LAMBDA_FUNCTION_NAME, event })
  const invocation = readFileSync(file, 'utf8').split('\\n').filter((line) => line.includes('"began"')).length
  return body({ records, invocation, append })
}
${Object.entries(bodies)
  .map(([name, body]) => `exports.${name} = wrap(async ({ records, invocation, append }) => { ${body} })`)
  .join('\n')}
`

/** Deploys them; each writes below the folder `captures`. */
export async function deployFunctions(lambda: LambdaClient, captures: string): Promise<void> {
  const code = zip('index.js', Buffer.from(source))
  const deploy = async (name: FunctionName) => {
    await createFunction(lambda, name, name, code, captures)
  }
  await Promise.all((Object.keys(bodies) as FunctionName[]).map(deploy))
}

/** Deploys one of them under another name. */
export async function deployAs(lambda: LambdaClient, name: FunctionName, as: string, captures: string): Promise<void> {
  await createFunction(lambda, name, as, zip('index.js', Buffer.from(source)), captures)
}

async function createFunction(
  lambda: LambdaClient,
  handler: FunctionName,
  name: string,
  code: Buffer,
  captures: string,
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x' as 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/r',
      Handler: `index.${handler}`,
      Code: { ZipFile: code },
      Timeout: handler === 'timeout' ? 1 : 30,
      Environment: { Variables: { CAPTURES: captures } },
    }),
  )
  await vi.waitFor(
    async () => {
      const { State } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
      if (State !== 'Active') throw new Error(`function ${name} is ${State}`)
    },
    { timeout: 30_000, interval: 50 },
  )
}
