/**
 * What a command that fails prints, and the exit code it ends with.
 */
import { SluiceError } from '../core/errors.ts'
import { StopRequested } from './stop-signal.ts'

/** One sentence for an expected failure; the whole stack for a defect of ours. */
export function messageOf(error: unknown): string {
  if (error instanceof SluiceError) return `${error.code}: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Ends a command that failed: prints why, unless somebody stopped it, and sets the exit code. */
export function reportFailure(error: unknown): void {
  if (error instanceof StopRequested) return
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
