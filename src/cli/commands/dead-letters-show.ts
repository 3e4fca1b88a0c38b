/**
 * `sluice dead-letters show <topic> <partition> <offset>`: one dead letter with its data.
 */
import { Argument, Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { formatPosition, headerNames, headerText } from '../../core/headers.ts'
import { withClients } from '../../operations/clients.ts'
import { deadLetterRecord, describeDeadLetter } from '../../operations/dead-letters/dead-letters.ts'
import { bytesText, schemaIdOf } from '../../operations/dead-letters/dead-letters-bytes.ts'
import { findTopic } from '../../operations/dead-letters/redrive.ts'
import { wholeNumber } from '../arguments.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. It prints the record's data and says so. */
export function showCommand(): Command {
  return new Command('show')
    .description('show one dead letter whole: headers, key and value; this is data')
    .argument('<topic>', 'its topic, with or without .dlt')
    .addArgument(new Argument('<partition>', 'partition on the .dlt topic').argParser(wholeNumber))
    .addArgument(new Argument('<offset>', 'offset on the .dlt topic').argParser(wholeNumber))
    .option('--json', 'print it as JSON, key and value in base64')
    .addHelpText('after', '\nExample:\n  npm run sluice -- dead-letters show users_created 0 12')
    .action(async (name: string, partition: number, offset: number, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const { topic } = findTopic(pipelines, name)
      const { endpoints } = runningStack(environment)
      const record = await withClients(endpoints, (clients) => deadLetterRecord(topic, { partition, offset }, clients))
      const { origin, code, reason, stage, timestamp, redrives } = describeDeadLetter(record)
      const headers = Object.keys(record.headers).map((name) => [name, headerText(record.headers, name) ?? ''] as const)
      const schemaId = schemaIdOf(record.value)
      printProgress('what follows is the data of a record, and can be personal: do not pass it on')
      if (json) {
        const { key, value } = record
        const data = { key: key?.toString('base64') ?? null, value: value?.toString('base64') ?? null }
        return printJson({
          position: formatPosition(record),
          origin,
          code,
          reason,
          stage,
          timestamp,
          redrives,
          schemaId,
          headers: Object.fromEntries(headers),
          ...data,
        })
      }
      const own: ReadonlySet<string> = new Set(Object.values(headerNames))
      printResult(
        textTable([
          ['dead letter', formatPosition(record)],
          ['record given up', origin ? formatPosition(origin) : 'none: a fetched value that never was a record'],
          ['by stage', stage],
          ['code', code],
          ['reason', reason],
          ['time', new Date(timestamp).toISOString()],
          ['redrives', String(redrives)],
          ['schema id', schemaId === null ? 'none: the value is in no wire format' : String(schemaId)],
          ...headers.map(([name, text]) => [`header ${name}`, own.has(name) ? text : bytesText(Buffer.from(text))]),
          ['key', bytesText(record.key)],
          ['value', bytesText(record.value)],
        ]),
      )
    })
}
