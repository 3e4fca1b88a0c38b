/**
 * `sluice event-sources list`: each mapping with what is wanted, its state, lag and last result.
 */
import { Command } from 'commander'
import { eventSources } from '../../operations/event-sources/event-sources.ts'
import { listCells } from '../../operations/event-sources/event-sources-text.ts'
import { environmentFolder } from '../../operations/places.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. Lag comes from Kafka, state and result from the pollers that run. */
export function listCommand(): Command {
  return new Command('list')
    .description('list the deployed mappings: wanted, state, lag and last result')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- event-sources list\n  npm run sluice -- event-sources list --json',
    )
    .action(async (_: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const { endpoints } = runningStack(environment)
      const sources = await eventSources({ endpoints, folder: environmentFolder(environment) })
      if (json) return printJson(sources)
      printResult(sources.length === 0 ? 'none is deployed' : textTable(listCells(sources, Date.now())))
    })
}
