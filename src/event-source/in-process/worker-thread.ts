/**
 * Runs inside a worker thread: loads a function's handler once and calls it for each message, as Lambda's Node.js
 * runtime does. Not for its lifetime, which its owner decides: see function-worker.ts.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { FunctionFailure, InvokeMessage, WorkerMessage, WorkerStart } from './messages.ts'

type Handler = (event: unknown, context: object) => unknown

const { codeFolder, handler: handlerName, context: fixedContext } = workerData as WorkerStart
// Not the function's own: it was for loading this file.
delete process.env.NODE_COMPILE_CACHE
if (!parentPort) throw new Error('this file runs in a worker thread')
const port = parentPort
const tell = (message: WorkerMessage) => port.postMessage(message)

/** Ends the thread with a failure, as an exception that nobody catches ends Lambda's process. */
function endWith(failure: FunctionFailure): never {
  tell({ kind: 'ending', failure })
  process.exit(1)
}

process.on('uncaughtException', (error) => endWith(failureOf(error)))
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = failureOf(reason)
  endWith({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace })
})

const handler = await load().catch((error) => endWith(failureOf(error)))
port.on('message', async ({ payload, requestId, deadline }: InvokeMessage) => {
  const context = {
    ...fixedContext,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
  try {
    const result = await handler(parsed(payload), context)
    tell({ kind: 'returned', json: JSON.stringify(result) ?? 'null' })
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) })
  }
})
tell({ kind: 'ready' })

function parsed({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString())
}

async function load(): Promise<Handler> {
  const [name = '', ...path] = basename(handlerName).split('.')
  const stem = join(codeFolder, dirname(handlerName), name)
  const file = ['.js', '.cjs', '.mjs'].map((extension) => stem + extension).find((each) => existsSync(each))
  if (!file)
    endWith({ errorType: 'Runtime.ImportModuleError', errorMessage: `Cannot find module '${name}'`, trace: [] })
  const isModule = file.endsWith('.mjs')
  let found: unknown = isModule ? await import(pathToFileURL(file).href) : createRequire(file)(file)
  for (const key of path) found = (found as Record<string, unknown> | undefined)?.[key]
  if (typeof found !== 'function') {
    endWith({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: `${handlerName} is undefined or not exported`,
      trace: [],
    })
  }
  if (found.length > 2) {
    endWith({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: `${handlerName} takes a callback: return a promise instead`,
      trace: [],
    })
  }
  return found as Handler
}

function failureOf(error: unknown): FunctionFailure {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] }
}
