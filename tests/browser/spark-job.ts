/**
 * A job on a Spark of its own, in an environment that runs without analytics: supervised by the process of the test, which
 * is that of the console, too.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipelines } from '../../pipelines/index.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { freePorts } from '../../src/local/ports.ts'
import { startStack } from '../../src/local/stack.ts'
import type { Clients } from '../../src/operations/clients.ts'
import { findJob } from '../../src/operations/jobs/find-job.ts'
import { jobFiles } from '../../src/operations/jobs/job-files.ts'
import { keepJob } from '../../src/operations/jobs/keep-job.ts'

/** The environment. */
type Place = { readonly clients: Clients; readonly endpoints: Endpoints; readonly folder: string }

/** Starts Spark, and keeps the job as an operator wants it; resolves, once Spark is ready, to what ends both. */
export async function startJob(name: string, { clients, endpoints, folder }: Place): Promise<() => Promise<void>> {
  const own = mkdtempSync(join(tmpdir(), 'sluice-browser-spark-'))
  const stack = await startStack({ folder: own, ports: await freePorts(), fresh: true, services: ['spark'], report })
  const stopSpark = async () => {
    await stack.stop()
    rmSync(own, { recursive: true, force: true })
  }
  try {
    await stack.allReady
  } catch (error) {
    await stopSpark()
    throw error
  }
  const kafka = { 'kafka.bootstrap.servers': endpoints.kafka.bootstrapServers }
  const place = { kafka, trigger: '1 second' }
  const checkpoint = `${stack.sparkView.checkpoints}/${name}/checkpoint`
  const options = { url: stack.endpoints.spark.url, registry: clients.registry, place, checkpoint, report }
  const kept = keepJob({ ...findJob(pipelines, name), ...options }, jobFiles(folder, name))
  return async () => {
    await kept.stop()
    await stopSpark()
  }
}

function report(line: string): void {
  process.stderr.write(`${line}\n`)
}
