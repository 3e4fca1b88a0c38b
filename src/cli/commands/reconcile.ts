/**
 * `sluice reconcile <pipeline>`: the proof of a run.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { isProven, proofTable } from '../../operations/runs/proof-text.ts'
import { reconcile } from '../../operations/runs/reconcile.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; run?: string; json?: true }

/** The command. Exit code 0 only if the run is settled and every fetched record accounted for. */
export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description('account for every record of a run, by identity')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(environmentOption())
    .option('--run <id>', 'which run (default: the latest)')
    .option('--json', 'print the account as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- reconcile users\n  npm run sluice -- reconcile users --json',
    )
    .action(async (name: string, { environment, run, json }: Options) => {
      const pipeline = findPipeline(pipelines, name)
      const { endpoints } = runningStack(environment)
      const proof = await withClients(endpoints, (clients) => reconcile(pipeline, run ?? null, clients))
      if (json)
        printJson({
          pipeline: name,
          run: proof.run.id,
          state: proof.run.state,
          ...proof.account,
          drift: proof.run.drift,
        })
      else printResult(proofTable(pipeline, proof, null).join('\n'))
      if (!isProven(proof)) process.exitCode = 1
    })
}
