import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type InProcessInvoker, inProcessInvoker } from '../../../../src/event-source/in-process/in-process-invoker.ts'
import { type TestFunctions, testFunctions } from './functions.ts'

let functions: TestFunctions
let invoker: InProcessInvoker
let printed = ''

beforeEach(() => {
  printed = ''
  functions = testFunctions()
  invoker = newInvoker(2)
})
afterEach(async () => {
  vi.useRealTimers()
  await invoker.close()
})

function newInvoker(concurrency: number): InProcessInvoker {
  return inProcessInvoker({
    functions,
    concurrency,
    awsEnvironment: { AWS_REGION: 'eu-test-1' },
    log: (name, text) => {
      printed += `${name}: ${text}`
    },
  })
}

/** Each test starts threads, some a second one. */
vi.setConfig({ testTimeout: 30_000 })
const waiting = { timeout: 20_000 }

const never = new AbortController().signal

/** Invokes the function `it`. */
async function invoke(event: unknown = {}, signal = never) {
  const { functionError, payload, requestId } = await invoker.invoke('it', Buffer.from(JSON.stringify(event)), signal)
  return { functionError, answer: JSON.parse(payload), requestId }
}

const deploy = (body: string, change = {}) => functions.deploy('it', { 'index.js': body }, change)

/** A handler that does what the event says, so that one function can go well and badly. */
const obedient = `
let count = 0
exports.handler = async ({ action }) => {
  count += 1
  if (action === 'exit') process.exit(7)
  if (action === 'throw') throw new RangeError('no good')
  if (action === 'uncaught') { setImmediate(() => { throw new TypeError('nobody catches') }); await new Promise(() => {}) }
  if (action === 'rejection') { Promise.reject(new Error('nobody handles')); await new Promise(() => {}) }
  if (action === 'memory') { const all = []; for (;;) all.push(new Array(1e5).fill({})) }
  if (action === 'spin') for (;;);
  if (action === 'hang') { console.log('hanging'); await new Promise(() => {}) }
  return count
}`

test('an event goes in as JSON, the result comes back as JSON, the module state stays', async () => {
  deploy(`let seen = []
  exports.handler = async (event) => { seen.push(event); return { seen, bytes: Buffer.from(event.text).length } }`)
  expect(await invoke({ text: 'a' })).toMatchObject({ functionError: null, answer: { bytes: 1 } })
  const large = 'ä'.repeat(100_000)
  expect(await invoke({ text: large })).toMatchObject({
    functionError: null,
    answer: { seen: [{ text: 'a' }, { text: large }], bytes: 200_000 },
  })
})

test('nothing, null and a plain value are answers', async () => {
  for (const [result, json] of [
    ['undefined', null],
    ['null', null],
    ['"text"', 'text'],
  ]) {
    deploy(`exports.handler = () => ${result}`)
    expect(await invoke()).toMatchObject({ functionError: null, answer: json })
    await invoker.close()
    functions = testFunctions()
    invoker = newInvoker(1)
  }
})

test('the context says what Lambda says', async () => {
  deploy(`exports.handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`, {
    timeoutMs: 5_000,
    memoryMb: 192,
  })
  const { answer, requestId } = await invoke()
  const { left, logStreamName, ...context } = answer
  expect(context).toEqual({
    functionName: 'it',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:it',
    memoryLimitInMB: '192',
    awsRequestId: requestId,
    logGroupName: '/aws/lambda/it',
    callbackWaitsForEmptyEventLoop: true,
  })
  expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  expect(left).toBeGreaterThan(4_000)
  expect(left).toBeLessThanOrEqual(5_000)
})

test('the environment is the function’s own, with what Lambda sets, and nothing of this process', async () => {
  process.env.SLUICE_TEST_PARENT = 'seen'
  deploy('exports.handler = async () => process.env', { environment: { OWN: '1' } })
  const { answer } = await invoke()
  delete process.env.SLUICE_TEST_PARENT
  expect(answer).toMatchObject({
    OWN: '1',
    AWS_REGION: 'eu-test-1',
    AWS_LAMBDA_FUNCTION_NAME: 'it',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    _HANDLER: 'index.handler',
  })
  expect(Object.keys(answer)).not.toContain('SLUICE_TEST_PARENT')
  expect(Object.keys(answer)).not.toContain('HOME')
})

test('packages of the layer are found, those of this clone are not', async () => {
  functions.deploy(
    'it',
    {
      '../opt/nodejs/node_modules/layered/index.js': 'module.exports = 42',
      'deep/folder/main.js': `exports.inner = { run: async () => {
      try { require('commander'); return 'leak' } catch { return require('layered') }
    } }`,
    },
    { handler: 'deep/folder/main.inner.run' },
  )
  expect(await invoke()).toMatchObject({ functionError: null, answer: 42 })
})

test('an ES module is a function too', async () => {
  functions.deploy('it', { 'index.mjs': 'export const handler = async () => import.meta.filename.slice(-9)' })
  expect(await invoke()).toMatchObject({ functionError: null, answer: 'index.mjs' })
})

test('what the handler throws is its answer, and it stays warm', async () => {
  deploy(obedient)
  expect(await invoke({ action: 'throw' })).toMatchObject({
    functionError: 'Unhandled',
    answer: {
      errorType: 'RangeError',
      errorMessage: 'no good',
      trace: expect.arrayContaining(['RangeError: no good']),
    },
  })
  expect(await invoke()).toMatchObject({ functionError: null, answer: 2 })
})

test.each([
  ['exit', 'Runtime.ExitError', 'Runtime exited with error: exit status 7'],
  ['uncaught', 'TypeError', 'nobody catches'],
  ['rejection', 'Runtime.UnhandledPromiseRejection', 'nobody handles'],
  ['memory', 'Runtime.OutOfMemory', 'needs more than the 64 MB'],
  ['spin', 'Sandbox.Timedout', 'Task timed out after 1.50 seconds'],
  ['hang', 'Sandbox.Timedout', 'Task timed out after 1.50 seconds'],
])('%s ends the thread alone, and the next invocation gets a new one', async (action, errorType, message) => {
  deploy(obedient, { memoryMb: 64, timeoutMs: action === 'memory' ? 30_000 : 1_500 })
  await invoke()
  const { functionError, answer } = await invoke({ action })
  expect({ functionError, answer }).toMatchObject({ functionError: 'Unhandled', answer: { errorType } })
  expect(answer.errorMessage).toContain(message)
  expect(await invoke()).toMatchObject({ functionError: null, answer: 1 })
})

test.each([
  ['exports.handler = async () => {', 'SyntaxError', /Unexpected end of input/],
  ["require('nothing-of-that-name')", 'Error', /Cannot find module 'nothing-of-that-name'/],
  ['exports.handle = 1', 'Runtime.HandlerNotFound', /index.handler is undefined or not exported/],
  ['exports.handler = (event, context, done) => done()', 'Runtime.CallbackHandlerDeprecated', /takes a callback/],
  ['process.exit(0)', 'Runtime.ExitError', /Runtime exited without providing a reason/],
])('a module that does not load is a failure of the function: %s', async (body, errorType, message) => {
  deploy(body)
  const { functionError, answer } = await invoke()
  expect({ functionError, errorType: answer.errorType }).toEqual({ functionError: 'Unhandled', errorType })
  expect(answer.errorMessage).toMatch(message)
})

test('a function without its file is a failure of the function', async () => {
  functions.deploy('it', { 'other.js': '' })
  expect((await invoke()).answer).toMatchObject({ errorType: 'Runtime.ImportModuleError' })
})

test('a function that is not deployed is not reached', async () => {
  await expect(invoke()).rejects.toMatchObject({ code: 'INVOKE_FAILED' })
  deploy('exports.handler = async () => 1')
  expect(await invoke()).toMatchObject({ answer: 1 })
})

test('what ends between two invocations is replaced', async () => {
  deploy(`exports.handler = async () => { setTimeout(() => process.exit(1), 20); return 'ok' }`)
  expect(await invoke()).toMatchObject({ answer: 'ok' })
  await vi.waitFor(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await invoke()).toMatchObject({ functionError: null, answer: 'ok' })
  }, waiting)
})

test('as many run at once as may, the others wait for a worker', async () => {
  deploy(`const { threadId } = require('node:worker_threads')
  exports.handler = async () => { await new Promise((go) => setTimeout(go, 100)); return threadId }`)
  const threads = (await Promise.all([1, 2, 3, 4, 5].map(() => invoke()))).map(({ answer }) => answer)
  expect(new Set(threads).size).toBe(2)
})

test('an aborted invocation is given up, and so are those that wait', async () => {
  invoker = newInvoker(1)
  deploy(obedient)
  await invoke()
  const abort = new AbortController()
  const given = [invoke({ action: 'hang' }, abort.signal), invoke({}, abort.signal)]
  const ended = Promise.allSettled(given)
  await vi.waitFor(() => expect(printed).toContain('hanging'), waiting)
  abort.abort()
  for (const each of await ended) expect(each.status).toBe('rejected')
  expect(await invoke()).toMatchObject({ answer: 1 })
})

test('a new deployment is noticed, and what runs ends on the old one', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  deploy(`exports.handler = async ({ ms }) => { await new Promise((go) => setTimeout(go, ms)); return 'old' }`)
  await invoke({ ms: 0 })
  const slow = invoke({ ms: 300 })
  deploy(`exports.handler = async () => 'new'`)
  vi.setSystemTime(Date.now() + 6_000)
  await vi.waitFor(async () => expect(await invoke({ ms: 0 })).toMatchObject({ answer: 'new' }), waiting)
  expect(await slow).toMatchObject({ functionError: null, answer: 'old' })
})

test('what the function prints goes to the log', async () => {
  deploy(`exports.handler = async () => { console.log('to stdout'); console.error('to stderr') }`)
  await invoke()
  await vi.waitFor(() => {
    expect(printed).toContain('it: to stdout\n')
    expect(printed).toContain('it: to stderr\n')
  }, waiting)
})
