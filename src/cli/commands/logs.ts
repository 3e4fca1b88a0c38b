/**
 * `sluice logs <function>`: what a function logged.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { logJson, logText } from '../../operations/function-log-text.ts'
import { expectFunction, functionLog, type LogLine } from '../../operations/function-logs.ts'
import { countUpTo, durationMs } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = { environment: string; since?: number; follow?: true; limit: number; json?: true }

/** The command. */
export function logsCommand(): Command {
  return new Command('logs')
    .description('show the log of a deployed function')
    .argument('<function>', 'name of the function, such as sluice-users-write')
    .addOption(environmentOption())
    .option('--since <duration>', 'how far back, such as 30s, 10m, 2h or 1d (default: 10m)', durationMs)
    .option('--limit <n>', 'how many of the latest lines at most', countUpTo(100_000), 200)
    .option('--follow', 'go on with new lines until Ctrl-C')
    .option('--json', 'one JSON object a line, as it was logged')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- logs sluice-users-write --since 1h\n  npm run sluice -- logs sluice-users-ingest --follow',
    )
    .action(async (name: string, { environment, since = 600_000, follow, limit, json }: Options) => {
      expectFunction(pipelines, name)
      const print = (line: LogLine) => (json ? printJson(logJson(line)) : printResult(logText(line)))
      const log = functionLog(runningStack(environment).endpoints.aws, name)
      try {
        const lines = await log.since(Date.now() - since)
        for (const line of lines.slice(-limit)) print(line)
        if (lines.length > limit) printProgress(`${lines.length - limit} older lines are not shown: raise --limit`)
        if (lines.length === 0) printProgress(`${name} has logged nothing within that time: widen it with --since`)
        if (follow) await log.follow(lines, stopSignal(), print)
      } finally {
        log.close()
      }
    })
}
