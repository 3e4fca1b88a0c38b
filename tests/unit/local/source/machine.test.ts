import { expect, onTestFinished, test } from 'vitest'
import { readingsOf, watchMachine } from '../../../../src/local/source/machine.ts'
import {
  type Counters,
  cpuOf,
  diskOf,
  memoryOf,
  networkOf,
  readCounters,
} from '../../../../src/local/source/machine-counters.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test("Linux's counters are read from its files", () => {
  expect(cpuOf('cpu  10 1 5 80 4 0 0 0 3 3\ncpu0 1 1 1 1\n')).toEqual({ busy: 16, total: 100 })
  expect(memoryOf('MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n')).toEqual({
    usedBytes: 600 * 1_024,
    totalBytes: 1_000 * 1_024,
  })
  const disks = [
    '   8       0 sda 1 0 100 0 1 0 10 0 0 0 0',
    '   8       1 sda1 1 0 90 0 1 0 9 0 0 0 0',
    ' 259       0 nvme0n1 1 0 4 0 1 0 2 0 0 0 0',
    '   7       0 loop0 1 0 7 0 1 0 7 0 0 0 0',
  ]
  expect(diskOf(disks.join('\n'))).toEqual({ readBytes: 104 * 512, writtenBytes: 12 * 512 })
  const network = [
    'Inter-|   Receive                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets',
    '    lo:     100 1 0 0 0 0 0 0      100 1 0 0 0 0 0 0',
    '  eth0: 50 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0',
  ]
  expect(networkOf(network.join('\n'))).toEqual({ receivedBytes: 150, sentBytes: 107 })
})

test('without such files Node knows CPU and memory, and nothing of disks and network', async () => {
  const counters = await readCounters(temporaryFolder())
  expect(counters).toMatchObject({ disk: null, network: null })
  expect(counters.cpu.total).toBeGreaterThan(counters.cpu.busy)
  expect(counters.memory.totalBytes).toBeGreaterThan(counters.memory.usedBytes)
})

const counters = (busy: number, bytes: number): Counters => ({
  cpu: { busy, total: 100 * Math.ceil(busy / 25) },
  memory: { usedBytes: 3, totalBytes: 12 },
  disk: { readBytes: bytes, writtenBytes: 0 },
  network: { receivedBytes: 1_000 - bytes, sentBytes: 2 * bytes },
})

test('two samples are percentages and rates of the time between them; a counter that went back is 0', () => {
  const at = Date.UTC(2026, 0, 2)
  const readings = readingsOf({ before: counters(25, 0), now: counters(75, 500), at, ms: 500 })
  expect(readings.map(({ sensor, value }) => [sensor, value])).toEqual([
    ['machine/cpu', 25],
    ['machine/memory', 25],
    ['machine/disk-read', 1_000],
    ['machine/disk-written', 0],
    ['machine/network-received', 0],
    ['machine/network-sent', 2_000],
  ])
  expect(readings[0]).toEqual({
    id: 'machine/cpu@2026-01-02T00:00:00.000Z',
    sensor: 'machine/cpu',
    kind: 'load',
    unit: 'percent',
    value: 25,
    at: '2026-01-02T00:00:00.000Z',
  })
})

test('pages give each reading once, in order of time', async () => {
  let samples = 0
  const machine = watchMachine(async () => counters(25 * ++samples, samples), 1)
  onTestFinished(() => machine.stop())
  await expect.poll(() => machine.page(null, 1_000).readings.length).toBeGreaterThan(30)
  const seen = []
  let after: string | null = null
  while (seen.length < 24) {
    const page = machine.page(after, 4)
    expect(page.readings).toHaveLength(4)
    seen.push(...page.readings)
    after = page.next
  }
  expect(seen).toEqual(machine.page(null, 24).readings)
  expect(new Set(seen.map(({ id }) => id)).size).toBe(24)
  expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).toSorted())
})

test('where nothing is new the cursor stays', async () => {
  const machine = watchMachine(async () => counters(25, 1), 60_000)
  onTestFinished(() => machine.stop())
  expect(machine.page('99-2', 10)).toEqual({ readings: [], next: '99-2' })
})
