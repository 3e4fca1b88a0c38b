/**
 * `sluice trace <record id>`: one record from end to end.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { trace, traceAmong } from '../../operations/runs/trace.ts'
import { traceLines } from '../../operations/runs/trace-text.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; pipeline?: string; run?: string; json?: true }

/** The command. Exit code 1 where no record of that id is found. */
export function traceCommand(): Command {
  return new Command('trace')
    .description(
      'follow one record: its run, its place on each topic, the batches that held it, its row or dead letter',
    )
    .argument('<record>', "the record's id: its key on the pipeline's first topic, unless source.id says otherwise")
    .addOption(environmentOption())
    .option('--pipeline <pipeline>', 'which pipeline (default: each in turn)')
    .option('--run <id>', 'which run (default: the latest that published it)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  npm run sluice -- trace 5a3c1f0e-8f60-4d4b-9d0e-3f0c4b6f2a11')
    .action(async (record: string, { environment, pipeline, run, json }: Options) => {
      const among = pipeline ? [findPipeline(pipelines, pipeline)] : pipelines
      const { endpoints } = runningStack(environment)
      const found = await withClients(endpoints, (clients) =>
        traceAmong(among, record, run ?? null, (each) => trace(each, record, run ?? null, clients, endpoints.aws)),
      )
      if (json) printJson(found)
      else printResult(traceLines(found).join('\n'))
    })
}
