/** The client of EMR Serverless on moto's. */
import { CreateApplicationCommand, EMRServerlessClient } from '@aws-sdk/client-emr-serverless'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectJobApplication } from '../../src/connect/emr-serverless.ts'
import { type Moto, startMoto } from '../fixtures/moto.ts'

let moto: Moto

beforeAll(async () => {
  moto = await startMoto()
  vi.stubEnv('AWS_ENDPOINT_URL', moto.registry.endpoint)
  vi.stubEnv('AWS_REGION', moto.registry.region)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await moto?.close()
})

test('runs are started and ended, an application is stopped', async () => {
  // The latest release that moto knows, where ours is another.
  const wanted = { name: 'sluice', type: 'SPARK', releaseLabel: 'emr-6.9.0', clientToken: 'c' }
  const { applicationId = '' } = await new EMRServerlessClient({}).send(new CreateApplicationCommand(wanted))
  const application = connectJobApplication(applicationId)
  const id = await application.start({
    name: 'sluice-users-signups',
    mode: 'STREAMING',
    executionRoleArn: 'arn:aws:iam::123456789012:role/job',
    clientToken: 'r1',
    jobDriver: { sparkSubmit: { entryPoint: 's3://b/runner.py', entryPointArguments: ['--trigger', '30 seconds'] } },
  })
  expect(id).toMatch(/^[0-9a-z]+$/)
  // moto's runs succeed at once; runs that are active are in tests/unit/connect/emr-serverless.test.ts.
  expect(await application.activeRuns()).toEqual([])
  await application.cancel(id)
  expect(await application.isStopped()).toBe(false)
  await application.stop()
  expect(await application.isStopped()).toBe(true)
})
