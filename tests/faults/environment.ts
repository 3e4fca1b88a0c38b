/**
 * A whole environment for fault tests: services, deployed app and poller inside the test's process, on ports and in a
 * folder of its own; and what the tests have in common.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from '../../pipelines/users.ts'
import { offsetBounds } from '../../src/connect/kafka-offsets.ts'
import { createProducer, type OutgoingRecord, type RecordProducer } from '../../src/connect/kafka-producer.ts'
import { readUntilNow, type TopicRecord } from '../../src/connect/kafka-reader.ts'
import type { Account } from '../../src/core/accounting.ts'
import { consumerGroup, deadLetterTopic } from '../../src/core/names.ts'
import type { MappingStatus } from '../../src/event-source/mapping-status.ts'
import { freePorts, type KafkaNodes } from '../../src/local/ports.ts'
import { workFolder } from '../../src/operations/places.ts'
import { observeRun } from '../../src/operations/runs/observe.ts'
import { bringUp, type RunningEnvironment } from '../../src/operations/up.ts'
import { type Ledger, ledgerOf } from '../../src/runtime/ledger.ts'
import { publishAsRun } from '../fixtures/publish-as-run.ts'

/** An environment that is up, with the users pipeline deployed. */
export type FaultEnvironment = RunningEnvironment & {
  readonly folder: string
  readonly ledger: Ledger
  readonly producer: RecordProducer
  /** Produces records to the pipeline's first topic as a run of their own in the ledger; the run's id. */
  publishAsRun(runId: string, records: readonly OutgoingRecord[]): Promise<string>
  /** The account of a run once it is settled, or as it is after the deadline. */
  settled(runId: string, deadlineMs?: number): Promise<Account>
  /** All dead letters of a topic as of now. */
  deadLetters(topic: string): Promise<TopicRecord[]>
  /** What the poller says of the mapping of the pipeline's records to a stage, once it has seen it. */
  mapping(stage: 'process' | 'write'): MappingStatus | undefined
  /** Stops everything and removes the folder. */
  remove(): Promise<void>
}

/** Brings up an environment of that name, with so many nodes of Kafka; `report` gets its progress. */
export async function faultEnvironment(
  name: string,
  report: (line: string) => void = () => {},
  nodes: KafkaNodes = 1,
): Promise<FaultEnvironment> {
  const folder = join(workFolder, 'environments', `test-${name}-${process.pid}`)
  const up = await bringUp(
    { folder, ports: await freePorts(nodes), fresh: true, sources: 'bundled', report },
    new AbortController().signal,
  )
  const { clients } = up
  const ledger = ledgerOf(clients.cassandra, pipeline.name)
  const producer = createProducer(clients.kafka)
  return {
    ...up,
    folder,
    ledger,
    producer,
    async publishAsRun(runId, records) {
      await publishAsRun(runId, records, producer, ledger)
      return runId
    },
    async settled(runId, deadlineMs = 60_000) {
      return (await observeRun(pipeline, runId, clients, deadlineMs)).proof.account
    },
    async deadLetters(topic) {
      const name = deadLetterTopic(topic)
      const { start } = await offsetBounds(clients.admin, name)
      const found: TopicRecord[] = []
      await readUntilNow(clients.kafka, new Map([[name, start]]), (record) => found.push(record))
      return found
    },
    mapping: (stage) => up.poller.status().find(({ id }) => id === consumerGroup(pipeline.name, stage)),
    async remove() {
      await producer.disconnect()
      await up.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
