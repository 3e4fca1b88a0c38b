/**
 * `sluice event-sources enable|disable <id>`: an operator's word on a mapping.
 */
import { Command } from 'commander'
import { wantEventSource } from '../../operations/event-sources/event-sources.ts'
import { wordText } from '../../operations/event-sources/event-sources-text.ts'
import { environmentFolder } from '../../operations/places.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = { environment: string; json?: true }

/** The command that lets a mapping run. Exit code 1 when the poller has not taken it on within 30 s. */
export function enableCommand(): Command {
  return wordCommand('enable', true, 'let a mapping run: it goes on where its group stands')
}

/** The command that lets a mapping rest. Exit code 1 when the poller has not taken it on within 30 s. */
export function disableCommand(): Command {
  return wordCommand('disable', false, 'let a mapping rest: invocations end, offsets are committed, records wait')
}

function wordCommand(name: string, isWanted: boolean, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'the mapping, as list names it')
    .option('--json', 'print what became of it as JSON')
    .addHelpText(
      'after',
      `
It outweighs what the template says and outlasts deployments.

Example:
  npm run sluice -- event-sources ${name} sluice-users-write`,
    )
    .action(async (id: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const { endpoints } = runningStack(environment)
      const place = { endpoints, folder: environmentFolder(environment) }
      const received = await wantEventSource(id, isWanted, place, stopSignal())
      if (received.isTakenOn === false) process.exitCode = 1
      if (json) return printJson(received)
      printResult(wordText(received))
    })
}
