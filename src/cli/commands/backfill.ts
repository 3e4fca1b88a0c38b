/**
 * `sluice backfill <pipeline>`: runs for past times of the schedule.
 */
import { Command, Option } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { SluiceError } from '../../core/errors.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import {
  type BackfillChoice,
  backfill,
  backfillChoices,
  backfillRange,
  planBackfill,
} from '../../operations/runs/backfill.ts'
import { runsBetween } from '../../operations/runs/runs.ts'
import { countUpTo, pointInTime } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = {
  environment: string
  from?: number
  to?: number
  only: BackfillChoice
  dryRun?: true
  concurrency: number
  json?: true
}

/** The command. Exit code 1 if a run failed. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description('run a pipeline for past times of its schedule that have no run, or none that succeeded')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(environmentOption())
    .option('--from <time>', 'first schedule time, in ISO 8601 or how long ago; needed', pointInTime)
    .option('--to <time>', 'end of the schedule times, itself not included (default: now)', pointInTime)
    .addOption(new Option('--only <which>', 'which times').choices(backfillChoices).default('missing'))
    .option('--dry-run', 'say what would be done')
    .option('--concurrency <n>', 'how many runs are done again at a time; new ones go one by one', countUpTo(16), 1)
    .option('--json', 'one JSON object a run')
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- backfill users --from 2h --dry-run
  npm run sluice -- backfill users --from 2026-03-01T10:00Z --to 2026-03-01T12:00Z --dry-run
  npm run sluice -- backfill users --from 2026-03-01 --to 2026-03-02 --only failed --concurrency 4`,
    )
    .action(async (name: string, { environment, only, dryRun, concurrency, json, ...given }: Options) => {
      const pipeline = findPipeline(pipelines, name)
      const { from, to } = rangeOf(given)
      const { endpoints } = runningStack(environment)
      const runs = await withClients(endpoints, (clients) => runsBetween(pipeline, clients, from, to))
      const plan = planBackfill(pipeline, runs, { from, to, choice: only })
      const show = (each: { run: string; because: string; error?: string | null }, outcome: string) => {
        if (json)
          printJson({ pipeline: name, run: each.run, because: each.because, outcome, error: each.error ?? null })
        else printResult(`${each.run}  ${each.because.padEnd(7)}  ${outcome}${each.error ? `: ${each.error}` : ''}`)
      }
      if (dryRun) {
        for (const each of plan) show(each, 'planned')
      } else {
        await backfill(endpoints.aws, pipeline, plan, {
          concurrency,
          onRun(done) {
            show(done, done.error === null ? 'done' : 'failed')
            if (done.error !== null) process.exitCode = 1
          },
        })
      }
      if (plan.length === 0 && !json)
        printResult(`no time of the schedule is ${only === 'all' ? 'in that range' : only}`)
    })
}

function rangeOf({ from, to = Date.now() }: Pick<Options, 'from' | 'to'>): { from: number; to: number } {
  if (from === undefined) {
    throw new SluiceError('ARGUMENT_INVALID', 'say from when on: --from 2h, or --from 2026-03-01T10:00Z')
  }
  return backfillRange(from, to, Date.now())
}
