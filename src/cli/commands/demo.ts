/**
 * `sluice demo <name>`: an environment of its own, seeded runs, the analytics jobs over them, and what these counted;
 * with `--verify` compared with a recomputation.
 */
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { pipelines as allPipelines } from '../../../pipelines/index.ts'
import { declaredJobs } from '../../core/declared-jobs.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Check, Demo, DemoPlace } from '../../demos/demo.ts'
import { demos, findDemo } from '../../demos/demos.ts'
import { settledJobs } from '../../demos/job-standing.ts'
import { demoPlace } from '../../demos/place.ts'
import { quiet } from '../../demos/quiet.ts'
import { verdict, verifyDemo } from '../../demos/verify-demo.ts'
import { keptPorts } from '../../operations/environment-ports.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { patiently } from '../../operations/patience.ts'
import { environmentFolder } from '../../operations/places.ts'
import { observeRun, settleDeadlineMs } from '../../operations/runs/observe.ts'
import { isProven, proofLine } from '../../operations/runs/proof-text.ts'
import { pauseSchedule } from '../../operations/runs/schedules.ts'
import { trigger } from '../../operations/runs/trigger.ts'
import { aborted, bringUp, type RunningEnvironment } from '../../operations/up.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'
import { textTable } from '../text-table.ts'

type Options = { verify?: true; json?: true; picture?: string }

/** The command. Exit code 0 after Ctrl-C, or with `--verify` when all is equal; else 1. */
export function demoCommand(): Command {
  const names = demos.map(({ name, summary }) => `  ${name.padEnd(17)} ${summary}`).join('\n')
  return new Command('demo')
    .description('show what the analytics jobs count, in an environment of its own that begins with no data')
    .argument('<name>', `which demo: ${demos.map(({ name }) => name).join(', ')}`)
    .option('--verify', 'compare what Spark counted with a recomputation from the topics, then stop')
    .option('--picture <file>', 'draw the results into this file, as SVG')
    .option('--json', 'print the outcome as one JSON object, last')
    .addHelpText(
      'after',
      `
Demos:
${names}

The environment is called demo-<name>; other commands look into it with --environment demo-<name>. Its schedules are paused.

Examples:
  npm run sluice -- demo users-analytics
  npm run sluice -- demo users-analytics --verify
  npm run sluice -- demo users-analytics --verify --json --picture users.svg`,
    )
    .action(run)
}

async function run(name: string, options: Options): Promise<void> {
  const startedAt = Date.now()
  const demo = findDemo(name)
  const signal = stopSignal()
  const environmentName = `demo-${demo.name}`
  const folder = environmentFolder(environmentName)
  const place = { folder, ports: await keptPorts(folder), fresh: true, sources: 'bundled' } as const
  const environment = await bringUp({ ...place, report: printProgress }, signal)
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const shown = { demo, options, environment, environmentName, folder, startedAt, signal: ended }
  let last: (() => void) | null = null
  try {
    last = await Promise.race([show(shown), environment.failed, aborted(signal)])
  } finally {
    ending.abort()
    printProgress('stopping …')
    await environment.stop()
    printProgress('stopped')
  }
  last?.()
}

/** A demo that is being shown. */
type Shown = {
  readonly demo: Demo
  readonly options: Options
  readonly environment: RunningEnvironment
  readonly environmentName: string
  readonly folder: string
  readonly startedAt: number
  readonly signal: AbortSignal
}

/** How long a service may be short of time: a demo that has come so far is not ended by one answer. */
const patienceMs = 120_000

/** Shows the demo; what is to be printed last is returned. */
async function show(shown: Shown): Promise<() => void> {
  const { demo, options, environment, folder, startedAt, signal } = shown
  const { clients, endpoints } = environment
  // Only the demo's own records: those of a schedule would come to an end that moves.
  for (const { name } of allPipelines) await pauseSchedule(endpoints.aws, clients, name)
  const pipelines = [...new Set(demo.runs.map(({ pipeline }) => findPipeline(allPipelines, pipeline)))]
  for (const made of demo.runs) await proveRun(made, environment, signal)
  await quiet(pipelines, clients, signal)

  const declared = declaredJobs(pipelines)
  const sparkAt = Date.now()
  await environment.startAnalytics(pipelines)
  const place = demoPlace(clients, folder)
  const standings = await settledJobs(declared, place, folder, signal, printProgress)
  printProgress(`${declared.length} jobs settled ${seconds(sparkAt)} s after Spark began to start`)

  const asked = <T>(ask: () => Promise<T>) => patiently(ask, Date.now() + patienceMs, signal)
  for (const { title, cells } of await asked(() => demo.tables(place))) printResult(`\n${title}\n${textTable(cells)}`)
  if (options.picture) await writeFile(options.picture, await asked(() => demo.picture(place)))
  if (!options.verify) return stayUp(shown, pipelines)

  const checks = await asked(() => verifyDemo(demo, declared, standings, place))
  printResult('')
  for (const check of checks) printResult(checkText(check))
  const sources = new Set(declared.flatMap(({ job }) => Object.values(job.sources).map(({ topic }) => topic)))
  const sentence = verdict(demo, declared, checks, await asked(() => sizeOf(sources, place)))
  const isEqual = checks.every((check) => check.isEqual)
  if (!isEqual) process.exitCode = 1
  const tookSeconds = Number(seconds(startedAt))
  return () => {
    printResult(sentence)
    if (options.json) printJson({ demo: demo.name, isEqual, tookSeconds, verdict: sentence, checks, jobs: standings })
  }
}

/** Runs a pipeline once and waits until the run is proven. Fails with RUN_UNRECONCILED. */
async function proveRun(
  { pipeline: name, records, seed }: Demo['runs'][number],
  { clients, endpoints }: RunningEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const pipeline = findPipeline(allPipelines, name)
  const { run, fetched } = await trigger(endpoints.aws, pipeline, { records, ...(seed === null ? {} : { seed }) })
  const { proof } = await observeRun(pipeline, run, clients, settleDeadlineMs(fetched), signal)
  printProgress(proofLine(proof))
  if (isProven(proof) && proof.account.published > 0) return
  throw new SluiceError('RUN_UNRECONCILED', `run ${run} of ${name} is not proven: a demo needs all of its records`)
}

async function stayUp(
  { options, environment, environmentName, folder, signal }: Shown,
  pipelines: readonly Pipeline[],
) {
  const { clients, endpoints } = environment
  // Loaded here, so that other commands do not load it.
  const { startConsole } = await import('../../console/server/start.ts')
  const consolePlace = { endpoints, folder }
  const web = await startConsole({
    environment: environmentName,
    pipelines: allPipelines,
    clients,
    place: consolePlace,
    port: 0,
  })
  const named = ` --environment ${environmentName}`
  printProgress(`
the console ${web.url}
where to look next (in another terminal)
  npm run sluice -- jobs list${named}
${declaredJobs(pipelines)
  .map(({ job }) => `  npm run sluice -- rows ${job.name} --limit 5${named}`)
  .join('\n')}
${pipelines.map(({ name }) => `  npm run sluice -- resume ${name}${named}`).join('\n')}
the schedules are paused until you resume them; Ctrl-C stops everything
`)
  if (options.json) printJson({ demo: environmentName, console: web.url })
  try {
    return await aborted(signal)
  } finally {
    await web.stop()
  }
}

async function sizeOf(topics: ReadonlySet<string>, place: DemoPlace): Promise<number> {
  const sizes = await Promise.all([...topics].map((topic) => place.sizeOf(topic)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function checkText({ what, comparedWith, expected, found, isEqual, differences }: Check): string {
  const counts = `${expected.toLocaleString('en')} expected, ${found.toLocaleString('en')} found`
  const lines = differences.map((difference) => `\n    ${difference}`)
  return `  ${isEqual ? 'equal ' : 'DIFFER'}  ${what}; against ${comparedWith}: ${counts}${lines.join('')}`
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1_000).toFixed(1)
}
