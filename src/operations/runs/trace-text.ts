/**
 * The trace of a record for people. Keys of rows can be personal; no other data is shown.
 */
import type { Trace, TracedRecord } from './trace.ts'

/** A line for each place that the record came to; what is not known is said so. */
export function traceLines({
  pipeline,
  recordId,
  run,
  value,
  trace,
  source,
  processed,
  rows,
  deadLetters,
}: Trace): string[] {
  const line = (label: string, text: string) => `  ${label.padEnd(12)} ${text}`
  return [
    `${pipeline}: record ${recordId}`,
    line('run', `${run}, value ${value ?? 'unknown'}, trace ${trace ?? 'unknown'}`),
    ...(source
      ? recordLines('published', source)
      : [line('published', 'not on its topic: a dead letter of the ingest, or past retention')]),
    ...processed.flatMap((each) => recordLines('processed', each)),
    ...rows.map(({ table, key, isPresent }) =>
      line('row', `${table} ${JSON.stringify(key)}: ${isPresent ? 'there' : 'not there'}`),
    ),
    ...deadLetters.map(({ position, code, reason }) => line('dead letter', `${position}: ${code}, ${reason}`)),
    ...(rows.length + deadLetters.length === 0
      ? [line('no row', 'filtered on purpose, on its way, or lost: sluice reconcile says which')]
      : []),
  ]

  function recordLines(label: string, { position, schemaId, timestamp, batches }: TracedRecord): string[] {
    const at = new Date(timestamp).toISOString()
    return [
      line(label, `${position}, schema ${schemaId ?? 'unknown'}, ${at}`),
      ...(batches.length === 0 ? [line('', 'batch unknown: no log of a function names it')] : []),
      ...batches.map(({ functionName, requestId, at, records, failed }) =>
        line(
          '',
          `batch of ${records} in ${functionName}, request ${requestId}, ${at}${failed ? `, ${failed} failed` : ''}`,
        ),
      ),
    ]
  }
}
