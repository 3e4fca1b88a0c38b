import { expect, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import { SluiceError } from '../../../../src/core/errors.ts'
import { type Trace, traceAmong } from '../../../../src/operations/runs/trace.ts'
import { orders } from '../../../fixtures/orders.ts'

const unknown = (name: string) => new SluiceError('RECORD_UNKNOWN', `pipeline "${name}" published no such record`)

test('a record that no pipeline published is refused with the names of all that were searched', async () => {
  const searched: string[] = []
  const look = ({ name }: { name: string }) => {
    searched.push(name)
    return Promise.reject(unknown(name))
  }
  const names = pipelines.map(({ name }) => name)
  const refusal = traceAmong(pipelines, 'nobody', null, look)
  await expect(refusal).rejects.toMatchObject({
    code: 'RECORD_UNKNOWN',
    message: `no record "nobody" was published in any of the latest runs of the pipelines ${names.map((name) => `"${name}"`).join(', ')}: give the key of the record, or name an older run with --pipeline and --run`,
  })
  expect(searched).toEqual(names)
  await expect(traceAmong(pipelines, 'nobody', 'r1', look)).rejects.toThrow(
    'was published in run "r1" of the pipelines',
  )
})

test('the search ends with the first trace, the only refusal stays as it is, and another failure is no refusal', async () => {
  const found = { pipeline: 'orders' } as Trace
  const others = pipelines.slice(0, 2)
  const look = ({ name }: { name: string }) =>
    name === 'orders' ? Promise.resolve(found) : Promise.reject(unknown(name))
  expect(await traceAmong([...others, orders, ...others], 'r', null, look)).toBe(found)
  await expect(traceAmong([orders], 'r', null, () => Promise.reject(unknown('orders')))).rejects.toThrow(
    'pipeline "orders"',
  )
  const away = new SluiceError('KAFKA_UNAVAILABLE', 'away')
  await expect(traceAmong(others, 'r', null, () => Promise.reject(away))).rejects.toBe(away)
})
