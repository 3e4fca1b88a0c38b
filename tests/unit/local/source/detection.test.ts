import { expect, test } from 'vitest'
import { judgeDetection } from '../../../../src/local/source/detection.ts'
import { faultOf, plantEpoch, sensorCount, sensorName } from '../../../../src/local/source/sensors.ts'

const at = (second: number) => plantEpoch + second * 1_000
const numbers = Array.from({ length: sensorCount }, (_, number) => number)
/** One reading of each fault; of a drop-out, the first after it. */
const right = numbers.map((number) => {
  const { kind, from, to } = faultOf('a', number, 0)
  return { sensor: sensorName('a', number), at: at(kind === 'dropout' ? to : from) }
})

test('each fault that one finding is of is found', () => {
  const { byKind, ...all } = judgeDetection('a', 1, right)
  expect(all).toEqual({ recall: 1, precision: 1, faults: sensorCount, findings: sensorCount })
  for (const { found, of } of Object.values(byKind)) expect(found).toBe(of)
})

test('what is of no fault, or of a sensor that is not there, lowers precision; what is later does not count', () => {
  const wrong = [
    { sensor: sensorName('a', 0), at: at(faultOf('a', 0, 0).from - 1) },
    { sensor: 'machine/cpu', at: at(5) },
  ]
  const later = { sensor: sensorName('a', 0), at: at(600) }
  expect(judgeDetection('a', 1, [...right.slice(0, 10), ...wrong, later])).toMatchObject({
    recall: 10 / sensorCount,
    precision: 10 / 12,
    findings: 12,
  })
})

test('of no finding none is wrong', () => {
  expect(judgeDetection('a', 1, [])).toMatchObject({ recall: 0, precision: 1 })
})
