/**
 * `sluice runs list <pipeline>`: the latest runs and how they stand.
 */
import { Command, Option } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { type RunOutcome, runOutcomes } from '../../core/run-state.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { listRuns, nextRunAt } from '../../operations/runs/runs.ts'
import { runJson, runRow } from '../../operations/runs/runs-text.ts'
import { isPaused } from '../../operations/runs/schedules.ts'
import { countUpTo } from '../arguments.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; state?: RunOutcome; limit: number; json?: true }

/** The command. Its first line is the run that the schedule asks for next. */
export function listCommand(): Command {
  return new Command('list')
    .description('show the latest runs of a pipeline, newest first, and the next one')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(new Option('--state <state>', 'only runs that stand so').choices(runOutcomes))
    .option('--limit <n>', 'how many at most', countUpTo(1_000), 20)
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  npm run sluice -- runs list users --state failed --limit 5')
    .action(async (name: string, _: unknown, command: Command) => {
      const { environment, state, limit, json } = command.optsWithGlobals<Options>()
      const pipeline = findPipeline(pipelines, name)
      const { endpoints } = runningStack(environment)
      const { found, paused } = await withClients(endpoints, async (clients) => ({
        found:
          state === 'scheduled'
            ? []
            : await listRuns(pipeline, clients, { state: state ?? null, between: null, count: limit }),
        paused: await isPaused(clients, name),
      }))
      const at =
        paused || (state ?? 'scheduled') !== 'scheduled'
          ? null
          : nextRunAt(
              pipeline,
              Date.now(),
              found.map(({ run }) => run),
            )
      if (json) {
        const next =
          at === null ? [] : [{ pipeline: name, state: 'scheduled', scheduledAt: new Date(at).toISOString() }]
        return printJson([...next, ...found.map((each) => runJson(name, each))])
      }
      const next = at === null ? [] : [[`(about ${new Date(at).toISOString()})`, 'scheduled', '', '', '']]
      printResult(textTable([['run', 'state', 'fetched', 'written', 'why'], ...next, ...found.map(runRow)]))
      if (paused) printResult(`the schedule is paused: npm run sluice -- resume ${name}`)
    })
}
