/** Functions in worker threads of the poller's process that end their thread in the middle of a batch. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FunctionPackage } from '../../src/event-source/in-process/function-package.ts'
import { ascending, pollerScene } from '../system/event-source-scene.ts'
import { type TestFunctions, testFunctions } from '../unit/event-source/in-process/functions.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { caughtUp, newSink, reconciled, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka'])
const { newName, propertiesOf, createTopic, committed } = scene
const partitions = 4
const perPartition = 100
const memoryMb = 128

/** Appends each record to a file; one that names a way to crash does so once, records of its batch before it being done. */
const code = `
const { appendFileSync, mkdirSync } = require('node:fs')
const never = new Promise(() => {})
const crashes = {
  exit: () => process.exit(3),
  throw: () => { setImmediate(() => { throw new TypeError('nobody catches') }); return never },
  reject: () => { Promise.reject(new Error('nobody handles')); return never },
  memory: () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) },
}
exports.handler = async (event) => {
  for (const { partition, offset, value } of Object.values(event.records).flat()) {
    const way = crashes[Buffer.from(value, 'base64').toString()]
    if (way && mkdirSync(process.env.FOLDER + '/' + partition + '-' + offset, { recursive: true })) await way()
    appendFileSync(process.env.FOLDER + '/settled', partition + ' ' + offset + '\\n')
  }
}`
const ways = ['exit', 'throw', 'reject', 'memory']

let folder: string
let functions: TestFunctions
let member: Member | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'))
  functions = testFunctions()
})
afterEach(async () => {
  await member?.end('SIGKILL')
  await functions.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a function that exits, throws or runs out of memory in the middle of a batch, again and again, loses nothing', async () => {
  const name = newName()
  const files = join(folder, 'sink')
  mkdirSync(files)
  await createTopic(name, partitions)
  const crash = (partition: number, offset: number) =>
    offset % 50 === 25 ? ways[(2 * partition + Math.floor(offset / 50)) % ways.length] : undefined
  const messages = ascending(partitions).flatMap((partition) =>
    ascending(perPartition).map((offset) => ({ partition, value: crash(partition, offset) ?? 'good' })),
  )
  await scene.producer().send({ topic: name, messages })
  functions.deploy(name, { 'index.js': code }, { environment: { FOLDER: files }, memoryMb })
  const function_ = (await functions.find(name)) as FunctionPackage
  const sink = newSink()
  let linesRead = 0
  const readSink = () => {
    const lines = readFileSync(join(files, 'settled'), { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1)
    const places = lines.slice(linesRead).map((line) => line.split(' ').map(Number) as [number, number])
    sink.settle(places.map(([partition, offset]) => ({ partition, offset })))
    linesRead = lines.length
  }
  const offsets = async () => {
    const found = await committed(name)
    readSink()
    return found
  }
  const watch = watchOffsets(offsets, sink)
  const properties = propertiesOf(name, { BatchSize: 40 })
  member = startMember({ id: name, properties, functions: { [name]: function_ } })
  await caughtUp(scene.admin(), name, name)
  readSink()
  await reconciled(scene.admin(), name, name, sink)
  await watch.end()
  expect(watch.violations).toEqual([])
  const failures = member.events.filter((event) => event.type === 'invoked' && event.outcome === 'function-error')
  expect(failures.length).toBeGreaterThanOrEqual((partitions * perPartition) / 50)
  await member.end('SIGTERM')
  // Two threads besides, each with its function's memory.
  expect(member.peakMib()).toBeLessThan(ceilingMib + 2 * memoryMb)
}, 90_000)
