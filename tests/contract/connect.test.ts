/**
 * Every connection of src/connect against the real thing; one stack for all of them, as each start costs seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCassandra } from '../../src/connect/cassandra.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { newAuthority } from '../fixtures/certificates.ts'
import { type Moto, startMoto } from '../fixtures/moto.ts'
import { cassandraContract } from './connect/cassandra.ts'
import { kafkaProducerContract } from './connect/kafka-producer.ts'
import { kafkaReaderContract } from './connect/kafka-reader.ts'
import { ledgerContract } from './connect/ledger.ts'
import { confluentKind, glueKind, registryContract } from './connect/registry.ts'
import { secretContract } from './connect/secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-connect-'))
let stack: LocalStack | undefined
let moto: Moto | undefined

beforeAll(async () => {
  const services = ['kafka', 'cassandra', 'registry', 'emulator'] as const
  stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  moto = await startMoto()
  await stack.allReady
})

afterAll(async () => {
  await Promise.all([stack?.stop(), moto?.close()])
  rmSync(folder, { recursive: true, force: true })
})

const endpoints = () => {
  if (stack) return stack.endpoints
  throw new Error('the stack is not up')
}
const glueRegistry = () => {
  if (moto) return moto.registry
  throw new Error('moto is not up')
}

describe.each([
  ["with Confluent's API", confluentKind(() => endpoints().registry.url)],
  ['of AWS Glue', glueKind(glueRegistry)],
])('a schema registry %s', (_, kind) => registryContract(kind))
describe('Kafka', () => {
  kafkaProducerContract(endpoints)
  kafkaReaderContract(endpoints)
})
describe('Cassandra', () => cassandraContract(() => endpoints().cassandra))
test('a Cassandra without TLS is refused where TLS is asked for', async () => {
  await expect(openCassandra({ ...endpoints().cassandra, ca: newAuthority('authority').ca })).rejects.toMatchObject({
    code: 'CASSANDRA_REFUSED',
    message: expect.stringContaining('does not speak TLS'),
  })
})
describe('the ledger', () => ledgerContract(endpoints))
describe('secrets', () => secretContract(endpoints))
