/**
 * One worker thread with one function: started, invoked one event at a time, ended when it is late or broken.
 * Not for choosing a worker: see function-pool.ts.
 */
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { SluiceError } from '../../core/errors.ts'
import type { Invocation } from '../invoker.ts'
import { answered, exited, failedInvocation, initTimedOut, outOfMemory, timedOut } from './failures.ts'
import type { FunctionPackage } from './function-package.ts'
import type { FunctionFailure, InvokeMessage, WorkerMessage, WorkerStart } from './messages.ts'
import { workerEnvironment } from './worker-environment.ts'

/** What all workers share. */
export type WorkerOptions = {
  /** Region, credentials and endpoint for the function's own AWS clients. */
  readonly awsEnvironment: Readonly<Record<string, string>>
  /** Gets what the function prints, as it comes. */
  readonly log: (functionName: string, text: string) => void
}

/** How long a function may take to load, in ms: Lambda's limit of the init phase. */
const initLimitMs = 10_000
/** Share of the function's memory that its heap may take, as Lambda's Node.js runtime has it; buffers lie outside. */
const heapShare = 0.9
/**
 * Three spaces of 8 MB: in less, an event of 500 records is copied while it is worked on, and cleared by the collector of
 * old objects, which costs as much as the work. `--max-semi-space-size` goes before it.
 */
const youngGenerationMb = 24

type Running = {
  readonly requestId: string
  readonly answer: PromiseWithResolvers<Invocation>
  timer: NodeJS.Timeout
}

/** Begins to load the function at once. Warm afterwards: module state stays until the thread ends. */
export class FunctionWorker {
  readonly #function: FunctionPackage
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #running: Running | null = null
  #waiting: InvokeMessage | null = null
  #isReady = false
  #isAlive = true
  #failure: ((requestId: string) => FunctionFailure) | null = null

  constructor(function_: FunctionPackage, { awsEnvironment, log }: WorkerOptions) {
    this.#function = function_
    const { functionName, memoryMb, codeFolder, handler } = function_
    const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[${function_.version}]${randomUUID().replaceAll('-', '')}`
    const start: WorkerStart = {
      codeFolder,
      handler,
      context: {
        functionName,
        functionVersion: function_.version,
        invokedFunctionArn: function_.functionArn,
        memoryLimitInMB: String(memoryMb),
        logGroupName: function_.logGroupName,
        logStreamName,
      },
    }
    this.#worker = new Worker(new URL('./worker-thread.ts', import.meta.url), {
      workerData: start,
      env: { ...workerEnvironment(function_, logStreamName, awsEnvironment), ...compileCache() },
      name: functionName,
      stdin: false,
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: Math.floor(memoryMb * heapShare),
        maxYoungGenerationSizeMb: youngGenerationMb,
      },
    })
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => log(functionName, text))
    }
    this.#worker.on('message', (message: WorkerMessage) => this.#onMessage(message))
    this.#worker.on('error', (error) => this.#onError(error))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#onExit(code)
        resolve()
      })
    })
  }

  /** False once the thread has ended or is about to; it then takes no invocation any more. */
  get isAlive(): boolean {
    return this.#isAlive
  }

  /**
   * Runs the function once; the payload belongs to the worker from then on. Not to be called while it runs. A failure of
   * any kind is an answer; rejects with INVOKE_FAILED only when the signal is aborted, which ends the thread.
   */
  invoke(payload: Uint8Array, signal: AbortSignal): Promise<Invocation> {
    const requestId = randomUUID()
    const answer = Promise.withResolvers<Invocation>()
    const message = { payload, requestId, deadline: 0 }
    this.#running = { requestId, answer, timer: setTimeout(() => {}, 0) }
    if (this.#isReady) this.#send(message)
    else {
      this.#waiting = message
      this.#limit(initLimitMs, () => initTimedOut(requestId, initLimitMs))
    }
    const giveUp = () => {
      const { functionName } = this.#function
      answer.reject(new SluiceError('INVOKE_FAILED', `invoking "${functionName}" was given up: the poller stops`))
      void this.end()
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    return answer.promise.finally(() => {
      signal.removeEventListener('abort', giveUp)
      clearTimeout(this.#running?.timer)
      this.#running = null
    })
  }

  /** Ends the thread; resolves when it has. */
  async end(): Promise<void> {
    this.#isAlive = false
    await this.#worker.terminate()
    await this.#ended
  }

  #send(message: InvokeMessage): void {
    const { timeoutMs } = this.#function
    this.#limit(timeoutMs, () => timedOut(message.requestId, timeoutMs))
    const { buffer, byteLength } = message.payload
    // A view of a larger buffer, as small ones are, must be copied, or its neighbours would go with it.
    const own = buffer.byteLength === byteLength ? message.payload : new Uint8Array(message.payload)
    this.#worker.postMessage({ ...message, payload: own, deadline: Date.now() + timeoutMs }, [
      own.buffer as ArrayBuffer,
    ])
  }

  #limit(ms: number, failure: () => FunctionFailure): void {
    const running = this.#running as Running
    clearTimeout(running.timer)
    running.timer = setTimeout(() => {
      this.#failure = failure
      void this.end()
    }, ms)
  }

  #onMessage(message: WorkerMessage): void {
    if (!this.#isAlive) return
    if (message.kind === 'ready') {
      this.#isReady = true
      if (this.#waiting) this.#send(this.#waiting)
      this.#waiting = null
      return
    }
    if (message.kind === 'ending') {
      this.#isAlive = false
      this.#failure = () => message.failure
      return
    }
    const requestId = this.#running?.requestId ?? ''
    if (message.kind === 'failed') this.#running?.answer.resolve(failedInvocation(message.failure, requestId))
    else this.#running?.answer.resolve({ ...answered(requestId), functionError: null, payload: message.json })
  }

  #onError(error: unknown): void {
    this.#isAlive = false
    const { code, name, message } = error as NodeJS.ErrnoException
    const { memoryMb } = this.#function
    this.#failure ??= (requestId) =>
      code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? outOfMemory(requestId, memoryMb)
        : { errorType: name ?? 'Error', errorMessage: message ?? String(error), trace: [] }
  }

  #onExit(code: number): void {
    this.#isAlive = false
    if (!this.#running) return
    const { requestId, answer } = this.#running
    answer.resolve(failedInvocation(this.#failure?.(requestId) ?? exited(requestId, code), requestId))
  }
}

/** With this process's compile cache the thread needs no TypeScript compiler of its own, which takes 20 MB; it removes the variable. */
function compileCache(): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }
}
