/**
 * `sluice event-sources show <id>`: one mapping whole.
 */
import { Command } from 'commander'
import { eventSource } from '../../operations/event-sources/event-sources.ts'
import { showCells } from '../../operations/event-sources/event-sources-text.ts'
import { environmentFolder } from '../../operations/places.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function showCommand(): Command {
  return new Command('show')
    .description('show one mapping: every setting with its default, what the pollers say, lag of each partition')
    .argument('<id>', 'the mapping, as list names it')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- event-sources show sluice-users-write\n  npm run sluice -- event-sources show sluice-users-write --json',
    )
    .action(async (id: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const { endpoints } = runningStack(environment)
      const source = await eventSource(id, { endpoints, folder: environmentFolder(environment) })
      if (json) return printJson(source)
      printResult(showCells(source, Date.now()).map(textTable).join('\n\n'))
    })
}
