import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type AwsJsonCall, awsJsonCall } from '../../../src/connect/aws-json.ts'
import { type GlueStub, refusal, result, startGlueStub } from '../../fixtures/glue-stub.ts'

let stub: GlueStub
let call: AwsJsonCall
const api = { service: 'glue', targetPrefix: 'AWSGlue', region: 'eu-west-1' }

beforeAll(async () => {
  stub = await startGlueStub()
  call = awsJsonCall({ ...api, endpoint: stub.registry.endpoint }, 10_000)
})
afterAll(() => stub?.server.close())
beforeEach(() => {
  stub.server.requests.length = 0
})

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()

test('a call is signed for service and region, over its body and headers', async () => {
  stub.answers = { GetRegistry: [result({ a: 1 })] }
  expect(await call('GetRegistry', { name: 'ü' })).toEqual({ result: { a: 1 } })
  const { headers, body, method, url } = stub.server.requests[0] ?? expect.fail('no request')
  expect(headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSGlue.GetRegistry',
    'x-amz-security-token': 'session',
  })
  const [, day, names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/eu-west-1\/glue\/aws4_request, SignedHeaders=(\S+), Signature=(\w{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  expect(names.split(';')).toEqual(expect.arrayContaining(['content-type', 'host', 'x-amz-date', 'x-amz-target']))
  const canonicalHeaders = names.split(';').map((name) => `${name}:${headers[name]}\n`)
  const request = [method, url, '', canonicalHeaders.join(''), names, sha256(body)].join('\n')
  const scope = `${day}/eu-west-1/glue/aws4_request`
  const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4secret')
  const signed = hmac(key, ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n'))
  expect(signature).toBe(signed.toString('hex'))
})

test.each([
  ['throttling', refusal('ThrottlingException')],
  ['throttling of a name with a namespace', refusal('com.amazonaws.glue#ThrottlingException')],
  ['a change made by somebody else at once', refusal('ConcurrentModificationException')],
  ["the service's own failure", refusal('InternalServiceException', 'sorry', 500)],
  ['a gateway', { status: 503, body: 'Service Unavailable' }],
])('%s is tried again', async (_, answer) => {
  stub.answers = { GetRegistry: [answer, answer, result({})] }
  expect(await call('GetRegistry', {})).toEqual({ result: {} })
  expect(stub.server.requests).toHaveLength(3)
})

test('what does not pass in five attempts fails, and says how the last one ended', async () => {
  stub.answers = { GetRegistry: [refusal('ThrottlingException')] }
  await expect(call('GetRegistry', {})).rejects.toThrow('it answered with status 400 ThrottlingException')
  expect(stub.server.requests).toHaveLength(5)
})

test('a refusal for good is an answer, whose name is bare', async () => {
  stub.answers = { GetRegistry: [refusal('com.amazonaws.glue#EntityNotFoundException:http://a/b', 'none')] }
  expect(await call('GetRegistry', {})).toEqual({ refusal: 'EntityNotFoundException', message: 'none' })
  expect(stub.server.requests).toHaveLength(1)
})

test("without an endpoint, the SDK's variables say where: one of the service before the general one", async () => {
  stub.answers = { GetRegistry: [result({})] }
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1')
  vi.stubEnv('AWS_ENDPOINT_URL_GLUE', stub.registry.endpoint)
  expect(await awsJsonCall(api, 5_000)('GetRegistry', {})).toEqual({ result: {} })
  vi.stubEnv('AWS_ENDPOINT_URL_GLUE', undefined)
  vi.stubEnv('AWS_ENDPOINT_URL', stub.registry.endpoint)
  expect(await awsJsonCall(api, 5_000)('GetRegistry', {})).toEqual({ result: {} })
})
