/** What is known of a record from which nothing is left on the topic that the writer reads. */
import { expect, test } from 'vitest'
import { type Fate, fateOf } from '../../../../src/core/accounting.ts'
import { days } from '../../../../src/core/pipeline.ts'
import type { ProofClients } from '../../../../src/runtime/proof/clients.ts'
import { evidenceSource } from '../../../../src/runtime/proof/evidence.ts'
import { recordIndex } from '../../../../src/runtime/proof/record-index.ts'
import { orderSchema, orders, totalSchema } from '../../../fixtures/orders.ts'
import { fakeRegistry, framed } from '../fakes.ts'

const position = { topic: 'orders', partition: 0, offset: 7 }

test.each<[string, { age: number; amount: number; committed: number }, Fate]>([
  [
    'is unaccounted as long as the topic keeps what was made of it',
    { age: 0.9, amount: 1, committed: 8 },
    'unaccounted',
  ],
  ['has expired once retention may have removed that', { age: 1.1, amount: 1, committed: 8 }, 'expired'],
  ['is filtered, however old', { age: 1.1, amount: -1, committed: 8 }, 'filtered'],
  ['is pending before the process stage is past it, however old', { age: 1.1, amount: 1, committed: 7 }, 'pending'],
])('it %s', async (_, { age, amount, committed }, fate) => {
  const { registry } = fakeRegistry([orderSchema, totalSchema])
  const index = recordIndex(orders, [position], 'run')
  const value = framed(1, orderSchema, { id: 'a', amount, note: null })
  const timestamp = Date.now() - age * days(1)
  index.add({ ...position, timestamp, key: Buffer.from('a'), value, headers: {} })
  const evidence = evidenceSource(orders, { registry } as unknown as ProofClients, index)
  const commits = { process: new Map([[0, committed]]), write: new Map() }
  const [found] = await evidence([position], new Map([[0, 0]]), commits)
  expect(found && fateOf(found)).toBe(fate)
})
