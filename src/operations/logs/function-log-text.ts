/**
 * A line of a function's log for people: structured lines as time, level, message and fields; others as they are.
 */
import type { LogLine } from './function-logs.ts'

/** Fields that say the same in every line of one function. */
const constantFields = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
])

/** The parts of a line. `at` in ms since the epoch; `level` is empty, and there are no fields, for what is not structured. */
export type LogParts = {
  readonly at: number
  readonly level: string
  readonly message: string
  readonly fields: readonly (readonly [name: string, text: string])[]
}

/** The parts of a line. */
export function logParts({ timestamp, message }: LogLine): LogParts {
  const entry = structuredLine(message)
  if (!entry) return { at: timestamp, level: '', message, fields: [] }
  // An emulator stamps all lines of an invocation alike; the entry's own time is exact.
  const own = Date.parse(String(entry.timestamp))
  return {
    at: Number.isNaN(own) ? timestamp : own,
    level: String(entry.level ?? ''),
    message: String(entry.message),
    fields: Object.entries(entry)
      .filter(([name]) => !constantFields.has(name))
      .map(([name, value]) => [name, typeof value === 'string' ? quoted(value) : JSON.stringify(value)]),
  }
}

/** `2026-01-02T03:04:05.678Z WARN  batch with failures  stage=write records=3`. */
export function logText(line: LogLine): string {
  const { at, level, message, fields } = logParts(line)
  const head = `${new Date(at).toISOString()} ${level.padEnd(5)} ${message}`
  return [head, ...fields.map(([name, text]) => `${name}=${text}`)].join('  ')
}

/** The message of a line as JSON where it is structured, else as text. */
export function logJson({ timestamp, message }: LogLine): { readonly timestamp: number; readonly message: unknown } {
  return { timestamp, message: structuredLine(message) ?? message }
}

/** The fields of a structured line; null for any other. */
export function structuredLine(message: string): Readonly<Record<string, unknown>> | null {
  if (!message.startsWith('{')) return null
  try {
    const entry = JSON.parse(message)
    return typeof entry.message === 'string' ? entry : null
  } catch {
    return null
  }
}

function quoted(text: string): string {
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text
}
