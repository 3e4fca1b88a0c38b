/**
 * `sluice replay <pipeline>`: processes old offsets of a stage again, beside the live mapping.
 */
import { Command, Option } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { SluiceError } from '../../core/errors.ts'
import { planReplay, type ReplayPlan, type ReplayStage, replay } from '../../operations/event-sources/replay.ts'
import type { ReplayPosition } from '../../operations/event-sources/replay-range.ts'
import { planCells, progressLine, resultText } from '../../operations/event-sources/replay-text.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { replayPosition } from '../replay-position.ts'
import { stopSignal } from '../stop-signal.ts'
import { textTable } from '../text-table.ts'

type Options = {
  environment: string
  from?: ReplayPosition
  to?: ReplayPosition
  stage: ReplayStage
  dryRun?: true
  json?: true
}

/** The command. Exit code 1 when it was stopped before the end. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('process old offsets of a stage again, on a consumer group of its own; the live one is not touched')
    .argument('<pipeline>', 'name of the pipeline')
    .option('--from <position>', 'the first offset or time', (text: string) => replayPosition(text))
    .option('--to <position>', 'before which offset or time (default: the end as of now)', (text: string) =>
      replayPosition(text),
    )
    .addOption(new Option('--stage <stage>', 'which stage').choices(['process', 'write']).default('write'))
    .addOption(environmentOption())
    .option('--dry-run', 'say what would be replayed, and do nothing')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
A position is an offset of every partition (0), offsets of some (users_enriched-0:1200,users_enriched-3:80), the time of
records (2026-11-21T09:00:00Z), or how long ago (2h, 30m). With a list, the partitions that it leaves out are not replayed.
Records keep time and origin, so that rows change only where they were lost. A row that a DELETE removed stays deleted:
its tombstone is younger. Ctrl-C ends it, leaves nothing behind and prints the command that goes on.

Examples:
  npm run sluice -- replay users --from 2h --dry-run
  npm run sluice -- replay users --from 2026-11-21T09:00:00Z --to 2026-11-21T10:00:00Z
  npm run sluice -- replay users --from 0 --stage process
  npm run sluice -- replay users --from users_enriched-3:80 --to users_enriched-3:120`,
    )
    .action(run)
}

async function run(name: string, options: Options): Promise<void> {
  const { environment, from, to = null, stage, dryRun = false, json } = options
  const pipeline = findPipeline(pipelines, name)
  if (!from) throw new SluiceError('ARGUMENT_INVALID', 'say from where: --from 0, --from 2h, or as --help shows')
  const { endpoints } = runningStack(environment)
  const signal = stopSignal()
  const plan = await planReplay(pipeline, stage, { from, to }, endpoints)
  if (!json && plan.total > 0) printResult(textTable(planCells(plan)))
  if (dryRun) {
    const verdict = `${plan.total.toLocaleString('en')} records would be replayed through ${plan.mapping.functionName}`
    return json ? printJson({ ...planJson(plan), dryRun }) : printResult(verdict)
  }
  const result = await replay(plan, endpoints, (progress) => printProgress(progressLine(progress)), signal)
  if (result.resume) process.exitCode = 1
  if (json) return printJson({ ...planJson(plan), dryRun, ...result })
  printResult(resultText(plan, result, environment))
}

function planJson({ pipeline, stage, mapping, range, total }: ReplayPlan) {
  const { topic, functionName, consumerGroupId: group } = mapping
  return { pipeline, stage, topic, functionName, group, range, total }
}
