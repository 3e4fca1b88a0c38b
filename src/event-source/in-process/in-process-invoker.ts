/**
 * Invokes functions in worker threads of this process: the same built bundle, without an Invoke API in between.
 * Not for where the functions come from: see deployed-functions.ts.
 */
import { SluiceError } from '../../core/errors.ts'
import type { Invoker } from '../invoker.ts'
import type { FunctionSource } from './function-package.ts'
import { FunctionPool } from './function-pool.ts'
import type { WorkerOptions } from './function-worker.ts'

/** What to run, and how many at once. */
export type InProcessOptions = WorkerOptions & {
  readonly functions: FunctionSource
  /** Workers of one function at most. */
  readonly concurrency: number
}

/** An invoker with threads of its own. */
export type InProcessInvoker = Invoker & {
  /** Ends all threads and removes what was unpacked. */
  close(): Promise<void>
}

/** How long a function counts as unchanged after a look at what is deployed, in ms. */
const currentForMs = 5_000

type Known = { readonly pool: FunctionPool; checkedAt: number; isChecking: boolean }

/**
 * An invoker that runs the functions of `functions`. One that is deployed anew is noticed within seconds; invocations
 * that run end on the old one.
 * Delivery guarantees: a function error, a timeout, an end of the thread and a lack of memory are answers and count as
 * attempts; a rejected call did not run the function, or runs it no more.
 */
export function inProcessInvoker({ functions, concurrency, ...options }: InProcessOptions): InProcessInvoker {
  const known = new Map<string, Promise<Known>>()

  const load = async (functionName: string): Promise<Known> => {
    const found = await functions.find(functionName)
    if (!found) throw new SluiceError('INVOKE_FAILED', `invoking "${functionName}" failed: it is not deployed`)
    return { pool: new FunctionPool(found, concurrency, options), checkedAt: Date.now(), isChecking: false }
  }
  const lookUp = (functionName: string): Promise<Known> => {
    const before = known.get(functionName)
    if (before) return before
    const loading = load(functionName)
    known.set(functionName, loading)
    loading.catch(() => known.delete(functionName))
    return loading
  }
  /** What cannot be known now stays as it is. */
  const check = async (functionName: string, entry: Known): Promise<void> => {
    if (entry.isChecking || Date.now() - entry.checkedAt < currentForMs) return
    entry.isChecking = true
    const isCurrent = await functions.isCurrent(entry.pool.function).catch(() => true)
    entry.isChecking = false
    entry.checkedAt = Date.now()
    if (isCurrent) return
    known.delete(functionName)
    entry.pool.retire()
  }

  return {
    async invoke(functionName, payload, signal) {
      const entry = await lookUp(functionName)
      void check(functionName, entry)
      return entry.pool.invoke(payload, signal)
    },
    async close() {
      const entries = await Promise.allSettled(known.values())
      known.clear()
      for (const entry of entries) if (entry.status === 'fulfilled') await entry.value.pool.close()
      await functions.close()
    },
  }
}
