/**
 * The workers of one function: as many as run at once, each kept warm, broken ones replaced.
 * Not for what a worker does: see function-worker.ts.
 */
import type { Invocation } from '../invoker.ts'
import type { FunctionPackage } from './function-package.ts'
import { FunctionWorker, type WorkerOptions } from './function-worker.ts'

/** Workers are started when none is idle, up to `size`; further invocations wait, first come first served. */
export class FunctionPool {
  readonly function: FunctionPackage
  readonly #size: number
  readonly #options: WorkerOptions
  readonly #workers = new Set<FunctionWorker>()
  readonly #idle: FunctionWorker[] = []
  readonly #waiting: (() => void)[] = []
  #running = 0
  #isRetired = false

  constructor(function_: FunctionPackage, size: number, options: WorkerOptions) {
    this.function = function_
    this.#size = size
    this.#options = options
  }

  /** As {@link FunctionWorker.invoke}, on the worker that was busy last: the others cool down. */
  async invoke(payload: Uint8Array, signal: AbortSignal): Promise<Invocation> {
    if (this.#running === this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    let worker: FunctionWorker | null = null
    try {
      signal.throwIfAborted()
      worker = this.#takeWorker()
      return await worker.invoke(payload, signal)
    } finally {
      if (worker?.isAlive) this.#idle.push(worker)
      else if (worker) this.#workers.delete(worker)
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
      if (this.#isRetired && this.#running === 0) void this.close()
    }
  }

  /** Lets invocations end, those that wait included, and then ends the workers: another pool has taken over. */
  retire(): void {
    this.#isRetired = true
    if (this.#running === 0) void this.close()
  }

  /** Ends all workers, idle or not. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.end()))
    this.#workers.clear()
  }

  #takeWorker(): FunctionWorker {
    for (let worker = this.#idle.pop(); worker; worker = this.#idle.pop()) {
      if (worker.isAlive) return worker
      this.#workers.delete(worker)
    }
    const worker = new FunctionWorker(this.function, this.#options)
    this.#workers.add(worker)
    return worker
  }
}
