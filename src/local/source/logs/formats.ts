/**
 * The forms of log lines: Kafka's, Cassandra's, the registry's, the emulator's, and the structured ones of functions, which
 * the emulator's log holds.
 * Not for entries of several lines: see entries.ts.
 */
import { jsonOrNull } from '../../../core/json.ts'

/** What a line that begins an entry says. */
export type LogLine = {
  /** The service, or the function, that wrote it. */
  readonly service: string
  /** ISO 8601, in milliseconds. */
  readonly at: string
  readonly level: string
  readonly logger: string
  readonly message: string
}

/** The services that have log files. */
export const loggedServices = ['kafka', 'kafka-2', 'kafka-3', 'cassandra', 'registry', 'emulator'] as const

/** A service that has a log file. */
export type LoggedService = (typeof loggedServices)[number]

const level = '(?<level>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)'

/** `[2026-01-02 03:04:05,678] INFO message (logger)` */
const kafka = new RegExp(
  String.raw`^\[(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d,\d{3})\] ${level} (?<message>.*?)(?: \((?<logger>[\w.$-]+)\))?$`,
  's',
)
/** `INFO  [thread] 2026-01-02 03:04:05,678 File.java:9 - message` */
const cassandra = new RegExp(
  String.raw`^${level} +\[[^\]]*\] (?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d,\d{3}) (?<logger>\S+):\d+ - (?<message>.*)$`,
  's',
)
/** `2026-01+00-02 03:04:05 INFO [logger] (thread) message`: the zone stands inside the date. */
const registry = new RegExp(
  String.raw`^(?<month>\d{4}-\d\d)(?<zone>[+-]\d\d(?:\d\d)?)(?<day>-\d\d) (?<time>\d\d:\d\d:\d\d) ${level} \[(?<logger>[^\]]*)\] \([^)]*\) (?<message>.*)$`,
  's',
)
/** `2026-01-02 03:04:05 INFO [logger] message` */
const emulator = new RegExp(
  String.raw`^(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d) ${level} \[(?<logger>[^\]]*)\] (?<message>.*)$`,
  's',
)
/** `[2026-01-02 03:04:05 +0000] [pid] [INFO] message`: the emulator's HTTP server. */
const emulatorServer = new RegExp(
  String.raw`^\[(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d) (?<zone>[+-]\d{4})\] \[\d+\] \[${level}\] (?<message>.*)$`,
  's',
)

const patterns: Readonly<Record<LoggedService, readonly RegExp[]>> = {
  kafka: [kafka],
  'kafka-2': [kafka],
  'kafka-3': [kafka],
  cassandra: [cassandra],
  registry: [registry],
  emulator: [emulator, emulatorServer],
}

/** Reads a line of a service's log; null where it begins no entry. A time without zone is this machine's. */
export function parseLine(service: LoggedService, line: string): LogLine | null {
  if (service === 'emulator' && line.startsWith('{')) return functionLine(line)
  for (const pattern of patterns[service]) {
    const groups = pattern.exec(line)?.groups
    if (!groups) continue
    const { date = `${groups.month}${groups.day}`, time = '', zone = '', message = '' } = groups
    const at = instant(`${date}T${time.replace(',', '.')}${zone.length === 3 ? `${zone}:00` : zone}`)
    const logger = groups.logger || service
    return at === null ? null : { service, at, level: levelOf(groups.level), logger, message }
  }
  return null
}

/** Fields of a function's line that say nothing of the entry itself. */
const constantFields = new Set([
  ...['level', 'message', 'timestamp', 'service', 'cold_start', 'sampling_rate', 'xray_trace_id'],
  ...['function_arn', 'function_memory_size', 'function_name', 'function_request_id'],
])

/** The structured line of a function: its further fields follow the message as JSON. */
function functionLine(line: string): LogLine | null {
  const entry = jsonOrNull(line) as Readonly<Record<string, unknown>> | null
  if (!entry) return null
  const { function_name: service, timestamp, level, service: logger, message } = entry
  if (![service, timestamp, level, logger, message].every((field) => typeof field === 'string')) return null
  const at = instant(String(timestamp))
  if (at === null) return null
  const rest = Object.entries(entry).filter(([name]) => !constantFields.has(name))
  const fields = rest.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(rest))}`
  return {
    service: String(service),
    at,
    level: levelOf(String(level)),
    logger: String(logger),
    message: `${message}${fields}`,
  }
}

function instant(text: string): string | null {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function levelOf(text = ''): string {
  return text === 'WARNING' ? 'WARN' : text === 'CRITICAL' ? 'FATAL' : text
}
