/**
 * Who may do a run: one invocation at a time does it, and what the schedule asks for is done once.
 */
import type { Client } from 'cassandra-driver'
import type { RunRequest } from '../core/ledger.ts'
import { takeLease } from './lease.ts'
import type { Run, RunLedger } from './ledger.ts'

/** A run that is this invocation's to do; `before` is what the ledger knows of it. */
export type Claim = { readonly before: Run | null; isHeld(): boolean; release(): Promise<void> }

/** Why a run is not to be done: the schedule is paused, another invocation does it, it is done, or the tick before it is going on. */
export type Refusal = 'paused' | 'claimed' | 'done' | 'overlapped'

/**
 * Claims a run. A tick that is delivered again is refused while its run goes on and after it succeeded; one that fires
 * while the run of another tick goes on is refused as well, and so is any of a paused schedule: a deployment may have
 * enabled its rule again. What an operator asks for waits for no tick. A claim whose
 * holder died lapses, and this waits for that. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED.
 */
export async function claimRun(
  client: Client,
  pipeline: string,
  ledger: RunLedger,
  { id, isTick }: RunRequest,
): Promise<Claim | Refusal> {
  if (isTick && (await ledger.scheduleState()) === 'paused') return 'paused'
  const run = await takeLease(client, pipeline, `run ${id}`)
  if (!run) return 'claimed'
  try {
    const before = await ledger.run(id)
    if (!isTick) return { before, ...run }
    if (before?.state === 'succeeded') return await refused(run, 'done')
    const schedule = await takeLease(client, pipeline, 'schedule')
    if (!schedule) return await refused(run, 'overlapped')
    return {
      before,
      isHeld: () => run.isHeld() && schedule.isHeld(),
      async release() {
        await Promise.all([run.release(), schedule.release()])
      },
    }
  } catch (error) {
    await run.release()
    throw error
  }
}

async function refused(run: { release(): Promise<void> }, refusal: Refusal): Promise<Refusal> {
  await run.release()
  return refusal
}
