/**
 * All commands as one program, with help, suggestions and examples.
 */
import { Command } from 'commander'
import { backfillCommand } from './commands/backfill.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { demoCommand } from './commands/demo.ts'
import { deployCommand } from './commands/deploy.ts'
import { destroyCommand } from './commands/destroy.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { downCommand } from './commands/down.ts'
import { eventSourcesCommand } from './commands/event-sources.ts'
import { invokeCommand } from './commands/invoke.ts'
import { jobsCommand } from './commands/jobs.ts'
import { logsCommand } from './commands/logs.ts'
import { pauseCommand } from './commands/pause.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { replayCommand } from './commands/replay.ts'
import { resumeCommand } from './commands/resume.ts'
import { rowsCommand } from './commands/rows.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { statusCommand } from './commands/status.ts'
import { topCommand } from './commands/top.ts'
import { topicsCommand } from './commands/topics.ts'
import { traceCommand } from './commands/trace.ts'
import { triggerCommand } from './commands/trigger.ts'
import { upCommand } from './commands/up.ts'

/** A new program, which throws commander's errors and never ends the process. */
export function createProgram(): Command {
  const program = new Command('sluice')
    .description(
      'Scheduled functions ingest HTTP APIs into Kafka; event source mappings process them and write Cassandra.',
    )
    .showHelpAfterError()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  npm start                                                    everything up, one run of each pipeline, proven
  npm run sluice -- doctor                                     what is wrong, and what to do about it
  npm run sluice -- reconcile users                            the proof of the latest run
  npm run sluice -- runs list users --state failed             what failed, and why
  npm run sluice -- dead-letters list                          what was given up, and why
  npm run sluice -- dead-letters redrive users_created --all   send it back
  npm run sluice -- replay users --from 2h                     process what came since then again
  npm run sluice -- event-sources list                         which mappings run, and how far they are behind
  npm run sluice -- run users                                  a consumer without Lambda
  npm run sluice -- logs sluice-users-write --since 1h         what a function says`,
    )

  for (const command of [
    upCommand(),
    downCommand(),
    statusCommand(),
    doctorCommand(),
    topicsCommand(),
    eventSourcesCommand(),
    triggerCommand(),
    runsCommand(),
    backfillCommand(),
    pauseCommand(),
    resumeCommand(),
    reconcileCommand(),
    traceCommand(),
    rowsCommand(),
    topCommand(),
    jobsCommand(),
    demoCommand(),
    deadLettersCommand(),
    replayCommand(),
    runCommand(),
    logsCommand(),
    invokeCommand(),
    deployCommand(),
    diffCommand(),
    destroyCommand(),
  ]) {
    program.addCommand(settle(command, program))
  }
  return program.exitOverride()
}

/** Errors of a command and of those below it end in the catch below, with help and suggestions as the program has them. */
function settle(command: Command, parent: Command): Command {
  command.exitOverride().copyInheritedSettings(parent).configureHelp({ showGlobalOptions: true })
  for (const each of command.commands) settle(each, command)
  return command
}
