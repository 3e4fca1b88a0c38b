/**
 * `sluice run [pipeline…]`: a plain consumer process.
 */
import { once } from 'node:events'
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { publishStatus } from '../../operations/event-sources/poller-status.ts'
import { runPipelines } from '../../operations/event-sources/run.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { environmentFolder } from '../../operations/places.ts'
import { eventJson, eventLine, settledCounter } from '../../operations/runs/run-text.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = { environment: string; json?: true }

/** How often the number of settled records is printed, in ms. */
const countIntervalMs = 5_000

/** The command. Exit code 0 after Ctrl-C, when what was in flight has ended and is committed. */
export function runCommand(): Command {
  return new Command('run')
    .description('run the deployed functions of pipelines in this process, without Lambda, until Ctrl-C')
    .argument('[pipelines...]', 'names of pipelines (default: all)')
    .addOption(environmentOption())
    .option('--json', 'each event as a JSON object on a line of stdout')
    .addHelpText(
      'after',
      `
It joins the consumer groups of the deployed mappings: beside the poller of "npm start" it takes half of the partitions,
and all of them when that one ends. Code, settings and environment are what is deployed. Functions log to stderr.

Examples:
  npm run sluice -- run                    every pipeline
  npm run sluice -- run users              one of them
  npm run sluice -- run users --json | jq -c 'select(.type == "invoked")'`,
    )
    .action(run)
}

async function run(names: readonly string[], { environment, json }: Options): Promise<void> {
  const wanted = names.length === 0 ? pipelines : names.map((name) => findPipeline(pipelines, name))
  const { aws } = runningStack(environment).endpoints
  const signal = stopSignal()
  const counter = settledCounter()
  const poller = await runPipelines(aws, wanted, {
    report(event) {
      if (json) return printJson(eventJson(event))
      counter.count(event)
      const line = eventLine(event)
      if (line) printResult(line)
    },
    log: (_, text) => process.stderr.write(text),
  })
  const unpublish = publishStatus(environmentFolder(environment), 'sluice run', poller.status)
  const timer = setInterval(() => counter.take().forEach(printResult), countIntervalMs)
  if (!signal.aborted) await once(signal, 'abort')
  clearInterval(timer)
  printProgress('stopping …')
  await poller.stop()
  unpublish()
  counter.take().forEach(printResult)
  printProgress('stopped')
}
