/**
 * `sluice up`, which is `npm start`: brings the environment up, runs pipelines one after the other, proves each, and goes on.
 */
import { Command, Option } from 'commander'
import { pipelines as allPipelines } from '../../../pipelines/index.ts'
import type { RunningConsole } from '../../console/server/start.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { loginFile } from '../../local/cassandra-login.ts'
import { type EmulatorContainer, inContainers } from '../../local/container-hosting.ts'
import { assertPortsFree } from '../../local/port-check.ts'
import { defaultPorts, type KafkaNodes } from '../../local/ports.ts'
import { asProcesses } from '../../local/process-hosting.ts'
import { keptPorts } from '../../operations/environment-ports.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { environmentFolder } from '../../operations/places.ts'
import { announcer } from '../../operations/runs/announce.ts'
import { type FollowFrom, followRuns } from '../../operations/runs/follow.ts'
import { type Observation, observeVerdict, settleDeadlineMs } from '../../operations/runs/observe.ts'
import { isProven, proofLine, proofTable } from '../../operations/runs/proof-text.ts'
import { type TriggerOptions, trigger } from '../../operations/runs/trigger.ts'
import { aborted, bringUp, type RunningEnvironment } from '../../operations/up.ts'
import { brokerCount, countUpTo, portOffset } from '../arguments.ts'
import { environmentOption } from '../environment-option.ts'
import { messageOf } from '../failure.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = {
  environment: string
  fresh?: true
  once?: true
  live?: true
  json?: true
  freePorts?: true
  analytics: boolean
  brokers: KafkaNodes
  docker?: EmulatorContainer
  portOffset: number
  records?: number
  pipelines?: string
  seed?: string
}

/** The console's port; `--port-offset` is added, and with `--free-ports` it is any free one. */
const defaultConsolePort = 8091

/** The command. Exit code 0 after Ctrl-C, or with `--once` after a proven run that wrote something; else 1. */
export function upCommand(): Command {
  return new Command('up')
    .description('start the services, deploy the app, run every pipeline once and prove it; then go on until Ctrl-C')
    .addOption(environmentOption())
    .option('--fresh', 'begin with no data')
    .option('--once', 'one run of each pipeline, then stop everything')
    .option('--pipelines <names>', 'run only these of the deployed pipelines, joined with commas')
    .option('--records <n>', 'how many records each run fetches at most', countUpTo(1_000_000))
    .option('--seed <text>', 'ask the source for the same records each time')
    .option('--live', 'read the real sources, where there are any, instead of the bundled one')
    .option('--brokers <n>', 'how many Kafka nodes, 1 or 3: with 3, one may be lost', brokerCount, 1)
    .addOption(
      new Option('--docker [emulator]', 'run the services as containers, in an environment called docker')
        .choices(['ministack', 'localstack'])
        .preset('ministack'),
    )
    .option('--no-analytics', 'do not start Spark and the analytics jobs after the first proof')
    .option('--json', "with --once: one JSON object a pipeline, a line each, the first pipeline's last")
    .option('--port-offset <n>', 'add this to every default port', portOffset, 0)
    .option('--free-ports', 'use free ports, and the same again at the next start')
    .addHelpText(
      'after',
      `
Examples:
  npm start
  npm start -- --fresh
  npm start -- --environment cluster --brokers 3
  npm start -- --docker
  npm start -- --pipelines users,iot
  npm start -- --once --records 2000 --seed a --json`,
    )
    .action(run)
}

async function run(given: Options, command: Command): Promise<void> {
  const options = { ...given, environment: environmentOf(given, command) }
  const startedAt = Number(process.env.SLUICE_STARTED_AT ?? Date.now())
  const pipelines = options.pipelines?.split(',').map((name) => findPipeline(allPipelines, name)) ?? allPipelines
  const signal = stopSignal()
  const folder = environmentFolder(options.environment)
  const consolePort = options.freePorts ? 0 : defaultConsolePort + options.portOffset
  if (!options.once && consolePort > 0) await assertPortsFree([{ port: consolePort, purpose: 'the console' }])
  const environment = await bringUp(
    {
      folder,
      ports: options.freePorts
        ? await keptPorts(folder, options.brokers)
        : defaultPorts(options.portOffset, options.brokers),
      fresh: options.fresh ?? false,
      sources: options.live ? 'live' : 'bundled',
      hosting: options.docker ? inContainers(options.docker) : asProcesses,
      report: printProgress,
    },
    signal,
  )
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  try {
    const work = options.once
      ? runOnce(pipelines, options, environment, startedAt, ended)
      : goOn(pipelines, { ...options, consolePort }, environment, startedAt, ended)
    await Promise.race([work, environment.failed, aborted(signal)])
  } finally {
    ending.abort()
    printProgress('stopping …')
    await environment.stop()
    printProgress('stopped')
  }
}

/** Containers have data of their own, and so an environment of their own, unless one is named. */
function environmentOf({ environment, docker }: Options, command: Command): string {
  return docker && command.getOptionValueSource('environment') === 'default' ? 'docker' : environment
}

async function runOnce(
  pipelines: readonly Pipeline[],
  options: Options,
  environment: RunningEnvironment,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const observed: Observation[] = []
  try {
    for (const pipeline of pipelines) {
      const observation = await triggerAndObserve(pipeline, options, environment, signal)
      observed.push(observation)
      const print = options.json ? printProgress : printResult
      print(proofText(pipeline, observation))
      if (!isProven(observation.proof) || observation.proof.account.written === 0) process.exitCode = 1
    }
  } finally {
    // The pipeline that runs first is the one that a start is timed by, and a script finds it on the last line.
    if (options.json) for (const each of observed.reverse()) printJson(onceResult(each, startedAt))
  }
}

async function goOn(
  pipelines: readonly Pipeline[],
  options: Options & { readonly consolePort: number },
  environment: RunningEnvironment,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const since = Date.now()
  const announce = announcer(environment.endpoints.aws)
  const follow = async (pipeline: Pipeline, seen: FollowFrom['seen']) =>
    followRuns(pipeline, { clients: environment.clients, announce }, { since, seen }, signal, {
      onRun: ({ proof }) => printResult(proofLine(proof)),
      onError: (error) => printProgress(`${pipeline.name}: the runs cannot be read now: ${messageOf(error)}`),
    })
  const followed = []
  for (const pipeline of pipelines) {
    const observation = await triggerAndObserve(pipeline, options, environment, signal)
    printResult(proofText(pipeline, observation))
    const { firstRowAt, proof } = observation
    if (firstRowAt && pipeline === pipelines[0])
      printProgress(`first row readable ${((firstRowAt - startedAt) / 1000).toFixed(1)} s after the command`)
    followed.push(follow(pipeline, [proof.run]))
  }
  // Only now, so that it takes nothing from the first row.
  const web = await openConsole(options, environment)
  printProgress(whereToLook(pipelines, environment.endpoints, options.environment, web.url))
  if (options.analytics) await environment.startAnalytics(pipelines)
  try {
    await Promise.race([Promise.all(followed), aborted(signal)])
  } finally {
    await web.stop()
  }
}

async function openConsole(
  { environment: name, consolePort }: Options & { readonly consolePort: number },
  { endpoints, clients }: RunningEnvironment,
): Promise<RunningConsole> {
  // Loaded here, so that other commands do not load it.
  const { startConsole } = await import('../../console/server/start.ts')
  const place = { endpoints, folder: environmentFolder(name) }
  return startConsole({ environment: name, pipelines: allPipelines, clients, place, port: consolePort })
}

async function triggerAndObserve(
  pipeline: Pipeline,
  { records, seed }: Options,
  { endpoints, clients }: RunningEnvironment,
  signal: AbortSignal,
): Promise<Observation> {
  const asked: TriggerOptions = { ...(records ? { records } : {}), ...(seed ? { seed } : {}) }
  const { run, fetched } = await trigger(endpoints.aws, pipeline, asked)
  const judged = { clients, announce: announcer(endpoints.aws) }
  return observeVerdict(pipeline, run, judged, settleDeadlineMs(fetched), signal)
}

function proofText(pipeline: Pipeline, { proof, seenAt }: Observation): string {
  return proofTable(pipeline, proof, seenAt - proof.run.startedAt).join('\n')
}

/** The JSON object of `--once --json`; times are ms since the command began. */
function onceResult({ proof, firstRowAt, seenAt }: Observation, startedAt: number) {
  const { fetched, published, filtered, written, deadLettered, duplicates, unaccounted } = proof.account
  return {
    pipeline: proof.pipeline,
    ...{ fetched, published, filtered, written, deadLettered, duplicates, unaccounted },
    firstRowMs: firstRowAt === null ? null : firstRowAt - startedAt,
    totalMs: seenAt - startedAt,
  }
}

function whereToLook(
  pipelines: readonly Pipeline[],
  { aws, cassandra, kafka, registry }: Endpoints,
  environment: string,
  consoleUrl: string,
): string {
  const tables = pipelines.flatMap((pipeline) => pipeline.tables.map(({ name }) => name))
  const named = environment === 'default' ? '' : ` --environment ${environment}`
  return `
the console ${consoleUrl}
where to look next (in another terminal)
  npm run sluice -- status${named}
${tables.map((table) => `  npm run sluice -- rows ${table} --limit 5${named}`).join('\n')}
  npm run sluice -- reconcile ${pipelines[0]?.name}${named}
  Kafka ${kafka.bootstrapServers} · registry ${registry.url} · AWS APIs ${aws.endpoint}
  Cassandra ${cassandra.host}:${cassandra.port}, keyspace sluice, login in ${loginFile(environmentFolder(environment))}
the schedules go on; one line per run; Ctrl-C stops everything
`
}
