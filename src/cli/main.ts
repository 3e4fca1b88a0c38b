/**
 * The command line: one thin command per file over src/operations.
 */
import { Command, CommanderError } from 'commander'
import { downCommand } from './commands/down.ts'
import { invokeCommand } from './commands/invoke.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { rowsCommand } from './commands/rows.ts'
import { statusCommand } from './commands/status.ts'
import { triggerCommand } from './commands/trigger.ts'
import { upCommand } from './commands/up.ts'
import { reportFailure } from './failure.ts'

const program = new Command('sluice')
  .description(
    'Scheduled functions ingest HTTP APIs into Kafka; event source mappings process them and write Cassandra.',
  )
  .showHelpAfterError()
  .showSuggestionAfterError()

for (const command of [
  upCommand(),
  downCommand(),
  statusCommand(),
  triggerCommand(),
  reconcileCommand(),
  rowsCommand(),
  invokeCommand(),
]) {
  program.addCommand(command.exitOverride().copyInheritedSettings(program))
}

try {
  await program.exitOverride().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else reportFailure(error)
}
