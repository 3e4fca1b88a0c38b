/**
 * `sluice up`, which is `npm start`: brings the environment up, runs a pipeline, proves the run, and goes on.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { loginFile } from '../../local/cassandra-login.ts'
import { type EmulatorContainer, inContainers } from '../../local/container-hosting.ts'
import { defaultPorts, type KafkaNodes } from '../../local/ports.ts'
import { asProcesses } from '../../local/process-hosting.ts'
import { announcer } from '../../operations/announce.ts'
import { keptPorts } from '../../operations/environment-ports.ts'
import { followRuns } from '../../operations/follow.ts'
import { type Observation, observeRun, settleDeadlineMs } from '../../operations/observe.ts'
import { environmentFolder } from '../../operations/places.ts'
import { isProven, proofLine, proofTable } from '../../operations/proof-text.ts'
import { type TriggerOptions, trigger } from '../../operations/trigger.ts'
import { aborted, bringUp, type RunningEnvironment } from '../../operations/up.ts'
import { judge, verifyRuns } from '../../operations/verify-runs.ts'
import { brokerCount, countUpTo, portOffset } from '../arguments.ts'
import { environmentOption } from '../environment-option.ts'
import { messageOf } from '../failure.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

/** Between two looks for runs without a verdict, in ms. */
const verificationPauseMs = 10_000

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
  seed?: string
}

/** The command. Exit code 0 after Ctrl-C, or with `--once` after a proven run that wrote something; else 1. */
export function upCommand(): Command {
  return new Command('up')
    .description('start the services, deploy the app, run every pipeline once and prove it; then go on until Ctrl-C')
    .addOption(environmentOption())
    .option('--fresh', 'begin with no data')
    .option('--once', 'one run, then stop everything')
    .option('--records <n>', 'how many records the run fetches (default: 100)', countUpTo(1_000_000))
    .option('--seed <text>', 'ask the source for the same records each time')
    .option('--live', 'read the real sources instead of the bundled one')
    .option('--brokers <n>', 'how many Kafka nodes, 1 or 3: with 3, one may be lost', brokerCount, 1)
    .addOption(
      new Option('--docker [emulator]', 'run the services as containers, in an environment called docker')
        .choices(['ministack', 'localstack'])
        .preset('ministack'),
    )
    .option('--no-analytics', 'do not start Spark and the analytics jobs after the first proof')
    .option('--json', 'with --once: one JSON object as the last line of stdout')
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
  npm start -- --once --records 2000 --seed a --json`,
    )
    .action(run)
}

async function run(given: Options, command: Command): Promise<void> {
  const options = { ...given, environment: environmentOf(given, command) }
  const startedAt = Number(process.env.SLUICE_STARTED_AT ?? Date.now())
  const signal = stopSignal()
  const folder = environmentFolder(options.environment)
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
      ? runOnce(options, environment, startedAt, ended)
      : goOn(options, environment, startedAt, ended)
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
  options: Options,
  environment: RunningEnvironment,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  for (const pipeline of pipelines) {
    const observation = await triggerAndObserve(pipeline, options, environment, signal)
    const { account } = observation.proof
    const print = options.json ? printProgress : printResult
    print(proofText(pipeline, observation))
    if (options.json) printJson(onceResult(observation, startedAt))
    if (!isProven(observation.proof) || account.written === 0) process.exitCode = 1
  }
}

async function goOn(
  options: Options,
  environment: RunningEnvironment,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const since = Date.now()
  const follow = async (pipeline: Pipeline, seen: ReadonlySet<string>) =>
    followRuns(pipeline, environment.clients, { since, seen }, signal, {
      onRun: ({ proof }) => printResult(proofLine(proof)),
      onError: (error) => printProgress(`${pipeline.name}: the runs cannot be read now: ${messageOf(error)}`),
    })
  const followed = []
  for (const pipeline of pipelines) {
    const observation = await triggerAndObserve(pipeline, options, environment, signal)
    printResult(proofText(pipeline, observation))
    const { firstRowAt, proof } = observation
    if (firstRowAt)
      printProgress(`first row readable ${((firstRowAt - startedAt) / 1000).toFixed(1)} s after the command`)
    followed.push(follow(pipeline, new Set([proof.run.id])), keepVerifying(pipeline, environment, signal))
  }
  printProgress(whereToLook(environment.endpoints, options.environment))
  // Spark is no part of the services in containers.
  if (options.analytics && !options.docker) await environment.startAnalytics(pipelines)
  await Promise.all(followed)
}

/** Judges all that is open, also what ran while nobody looked. */
async function keepVerifying(
  pipeline: Pipeline,
  { clients, endpoints }: RunningEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const announce = announcer(endpoints.aws)
  while (!signal.aborted) {
    await verifyRuns(pipeline, clients, announce).catch((error) => {
      if (!signal.aborted) printProgress(`${pipeline.name}: the runs cannot be judged now: ${messageOf(error)}`)
    })
    await delay(verificationPauseMs, null, { signal }).catch(() => {})
  }
}

async function triggerAndObserve(
  pipeline: Pipeline,
  { records, seed }: Options,
  { endpoints, clients }: RunningEnvironment,
  signal: AbortSignal,
): Promise<Observation> {
  const asked: TriggerOptions = { ...(records ? { records } : {}), ...(seed ? { seed } : {}) }
  const { run, fetched } = await trigger(endpoints.aws, pipeline, asked)
  const observation = await observeRun(pipeline, run, clients, settleDeadlineMs(fetched), signal)
  await judge(pipeline, observation.proof, clients, announcer(endpoints.aws))
  return observation
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

function whereToLook({ aws, cassandra, kafka, registry }: Endpoints, environment: string): string {
  const named = environment === 'default' ? '' : ` --environment ${environment}`
  return `
where to look next (in another terminal)
  npm run sluice -- status${named}
  npm run sluice -- rows created_users --limit 5${named}
  npm run sluice -- reconcile users${named}
  Kafka ${kafka.bootstrapServers} · registry ${registry.url} · AWS APIs ${aws.endpoint}
  Cassandra ${cassandra.host}:${cassandra.port}, keyspace sluice, login in ${loginFile(environmentFolder(environment))}
the schedules go on; one line per run; Ctrl-C stops everything
`
}
