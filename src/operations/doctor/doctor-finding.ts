/**
 * What a check of `sluice doctor` finds, and how checks are made safe: one that fails is itself a finding.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** `problem`: something does not work. `warning`: it works, but somebody should look. */
export type FindingLevel = 'ok' | 'warning' | 'problem'

/** One finding. All but an `ok` one have a remedy. */
export type Finding = {
  readonly check: string
  readonly level: FindingLevel
  readonly detail: string
  readonly remedy: string | null
}

/** All is well. */
export function ok(check: string, detail: string): Finding {
  return { check, level: 'ok', detail, remedy: null }
}

/** It works, but somebody should look. */
export function warning(check: string, detail: string, remedy: string): Finding {
  return { check, level: 'warning', detail, remedy }
}

/** It does not work. */
export function problem(check: string, detail: string, remedy: string): Finding {
  return { check, level: 'problem', detail, remedy }
}

const deadlineMs = 15_000

/** The findings of a check; a problem with the given remedy when it fails or takes longer than 15 s. */
export async function checked(
  check: string,
  remedy: string,
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<Finding[]> {
  const timer = new AbortController()
  const late = delay(deadlineMs, null, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${deadlineMs / 1000} s`)
  })
  try {
    return [await Promise.race([look(), late])].flat()
  } catch (error) {
    return [problem(check, error instanceof Error ? `${error.message.split('\n')[0]}` : String(error), remedy)]
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}
