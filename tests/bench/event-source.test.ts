import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cloneFolder } from '../../src/operations/places.ts'

test('the benchmark measures each way with all rows written, and prints its object last', async () => {
  const args = ['bench/event-source.ts', '--records', '6000', '--singles', '20', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: cloneFolder })
  const { scaling, ...ways } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  expect(Object.keys(ways)).toEqual(['inProcess', 'invokeApi', 'bare'])
  for (const measured of Object.values<Record<string, number>>(ways)) {
    expect(Object.keys(measured)).toEqual(['clientMicrosPerRecord', 'recordsPerSecond', 'p50Ms', 'p99Ms', 'peakRssMb'])
    for (const figure of Object.values(measured)) expect(figure).toBeGreaterThan(0)
  }
  expect(scaling.pollers).toBe(6)
  expect(scaling.percentOfLinear).toBeGreaterThan(50)
})
