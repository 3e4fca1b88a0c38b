/**
 * `sluice trigger <pipeline>`: one run by hand.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { type RunSummary, type TriggerOptions, trigger } from '../../operations/runs/trigger.ts'
import { countUpTo } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = TriggerOptions & { environment: string; json?: true }

/** The command. */
export function triggerCommand(): Command {
  return new Command('trigger')
    .description('start one run of a pipeline now, and wait until it has published')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(environmentOption())
    .option('--records <n>', "how many records to fetch (default: the pipeline's own number)", countUpTo(1_000_000))
    .option('--seed <text>', 'ask the source for the same records each time')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  npm run sluice -- trigger users --records 500 --seed a')
    .action(async (name: string, { environment, json, ...options }: Options) => {
      const pipeline = findPipeline(pipelines, name)
      const summary = await trigger(runningStack(environment).endpoints.aws, pipeline, options)
      if (json) return printJson(summary)
      printResult(summaryLine(summary))
      printResult(`prove it: npm run sluice -- reconcile ${name} --run ${summary.run}`)
    })
}

/** What an ingest did, in one line. */
export function summaryLine({ run, skipped, fetched, published, deadLettered }: RunSummary): string {
  if (skipped !== null) return `run ${run}: nothing done, it is ${skipped === 'done' ? 'done' : 'going on elsewhere'}`
  return `run ${run}: ${fetched} fetched, ${published} published, ${deadLettered} dead letters`
}
