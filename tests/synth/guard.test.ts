import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { isThisMachine } from '../../src/core/pipeline.ts'
import { root, scratch } from './templates.ts'

type Ended = { code: number; stderr: string }

let runs = 0

/** Runs the app as `cdk` does, each time into a folder of its own. */
function runApp(context: Record<string, unknown>, environment: Record<string, string> = {}): Promise<Ended> {
  const env = { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: join(scratch, `app-${runs++}`), ...environment }
  return new Promise((ended) => {
    execFile(process.execPath, ['cdk/app.ts'], { cwd: root, env }, (error, _, stderr) => {
      ended({ code: typeof error?.code === 'number' ? error.code : 0, stderr })
    })
  })
}

const inTheWorld = pipelines
  .filter(({ source: { url } }) => url !== null && !isThisMachine(url))
  .map(({ name }) => name)
  .join(',')

const emulator = { CDK_DEFAULT_ACCOUNT: '000000000000', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }

describe.concurrent('without a target', () => {
  test('an account that is no emulator is refused', async () => {
    const { code, stderr } = await runApp({}, { ...emulator, CDK_DEFAULT_ACCOUNT: '123456789012' })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'no target is given, and without one only account 000000000000 behind AWS_ENDPOINT_URL is accepted, but the account is 123456789012 and AWS_ENDPOINT_URL is http://127.0.0.1:4566: add -c target=embedded\n',
    )
  })

  test.each([
    ['no credentials', {}, 'the account is unknown and AWS_ENDPOINT_URL is not set'],
    ['no endpoint', { CDK_DEFAULT_ACCOUNT: '000000000000' }, 'account is 000000000000 and AWS_ENDPOINT_URL is not set'],
  ])('%s is refused', async (_, environment, sentence) => {
    const { code, stderr } = await runApp({}, environment)
    expect(code).toBe(1)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('the account of an emulator behind an endpoint is accepted, and the rules of CloudFormation hold', async () => {
    const { context } = JSON.parse(readFileSync(resolve(root, 'cdk.json'), 'utf8'))
    const { code, stderr } = await runApp(context, emulator)
    expect(code, stderr).toBe(0)
  })
})

describe.concurrent('a wrong value stops synth with one sentence', () => {
  test.each([
    [{ target: 'laptop' }, 'context "target" is "laptop", but it must be embedded, localstack or aws'],
    [
      { target: 'embedded', cassandraPort: '90420' },
      'context "cassandraPort" is "90420", but it must be a port from 1 to 65535',
    ],
    [
      { target: 'embedded', bootstrapServers: 'kafka' },
      'context "bootstrapServers" is "kafka", but it must be a comma-joined list of host:port',
    ],
    [{ target: 'embedded', stacks: 'any' }, 'context "stacks" is "any", but it must be inOrder or together'],
    [{ target: 'embedded', sourceUrl: 'no' }, 'context "sourceUrl" is "no", but it must be an http or https URL'],
    [{ target: 'embedded', sources: 'real' }, 'context "sources" is "real", but it must be bundled or live'],
    [
      { target: 'aws', stage: 'dev' },
      `pipeline "clickstream" has no source on AWS: add -c sourceUrl=… with what answers at /clickstream, or deploy others: -c pipelines=${inTheWorld}`,
    ],
  ])('%o', async (context, sentence) => {
    expect(await runApp(context)).toEqual({ code: 1, stderr: `${sentence}\n` })
  })
})
