/**
 * `sluice logs <function>`: what a function logged, or all of them about a run.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { runTime } from '../../core/ledger.ts'
import { logJson, logText } from '../../operations/logs/function-log-text.ts'
import { expectFunction, functionLog, type LogLine } from '../../operations/logs/function-logs.ts'
import { logOfRun } from '../../operations/logs/run-logs.ts'
import { countUpTo, durationMs } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = { environment: string; since?: number; follow?: true; limit: number; json?: true }

/** The command. */
export function logsCommand(): Command {
  return new Command('logs')
    .description('show the log of a deployed function, or what the functions say about a run')
    .argument('<function>', 'name of the function, such as sluice-users-write, or id of a run')
    .addOption(environmentOption())
    .option('--since <duration>', 'how far back, such as 30s, 10m, 2h or 1d (default: 10m)', durationMs)
    .option('--limit <n>', 'how many of the latest lines at most', countUpTo(100_000), 200)
    .option('--follow', 'go on with new lines until Ctrl-C')
    .option('--json', 'one JSON object a line, as it was logged')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- logs sluice-users-write --since 1h\n  npm run sluice -- logs sluice-users-ingest --follow\n  npm run sluice -- logs 20260301T100000Z-schedule',
    )
    .action(async (name: string, options: Options) => {
      const { environment, since = 600_000, follow, limit, json } = options
      const runAskedAt = runTime(name)
      if (runAskedAt !== null) return printRun(name, runAskedAt, options)
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

/** Every line of each invocation that names the run, with the function's name. */
async function printRun(id: string, since: number, { environment, json }: Options): Promise<void> {
  const { aws } = runningStack(environment).endpoints
  const lines = await logOfRun(aws, pipelines, id, since)
  for (const line of lines) {
    if (json) printJson({ function: line.functionName, ...logJson(line) })
    else printResult(`${line.functionName}  ${logText(line)}`)
  }
  if (lines.length === 0) printProgress(`no function has logged anything about run ${id}`)
}
