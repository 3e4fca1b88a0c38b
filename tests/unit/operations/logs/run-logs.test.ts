import { expect, test } from 'vitest'
import { batchesOf, linesOfRun } from '../../../../src/operations/logs/run-logs.ts'

const line = (id: number, functionName: string, entry: object | string) => ({
  id: String(id),
  timestamp: id,
  functionName,
  message: typeof entry === 'string' ? entry : JSON.stringify({ message: 'm', timestamp: 't', ...entry }),
})
const batch = { function_request_id: 'b', topic: 'orders', records: 4, failed: 1, runs: ['r1', 'r2'] }
const lines = [
  line(1, 'ingest', { function_request_id: 'a', run: 'r1' }),
  line(2, 'ingest', { function_request_id: 'a', code: 'X' }),
  line(3, 'process', { ...batch, offsets: { 0: [5, 7], 1: [9, 9] } }),
  line(4, 'process', { ...batch, function_request_id: 'c', runs: ['r2'], offsets: { 0: [8, 8] } }),
  line(5, 'ingest', { function_request_id: 'd', run: 'r2' }),
  line(6, 'ingest', 'START RequestId: a'),
]

test('the lines of a run are all those of the invocations that name it', () => {
  expect(linesOfRun(lines, 'r1').map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(linesOfRun(lines, 'r3')).toEqual([])
})

test('the batches of a record are those whose offsets span it, on its topic and partition', () => {
  const at = (topic: string, partition: number, offset: number) =>
    batchesOf(lines, { topic, partition, offset }).map(({ requestId }) => requestId)
  expect([at('orders', 0, 6), at('orders', 0, 8), at('orders', 1, 9)]).toEqual([['b'], ['c'], ['b']])
  expect([at('orders', 0, 9), at('orders', 2, 5), at('totals', 0, 6)]).toEqual([[], [], []])
  expect(batchesOf(lines, { topic: 'orders', partition: 1, offset: 9 })).toEqual([
    { functionName: 'process', requestId: 'b', at: 't', records: 4, failed: 1 },
  ])
})
