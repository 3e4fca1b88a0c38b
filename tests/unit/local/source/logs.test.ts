import { appendFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesIn, mostEntryBytes } from '../../../../src/local/source/logs/entries.ts'
import { type LoggedService, parseLine } from '../../../../src/local/source/logs/formats.ts'
import { logPage } from '../../../../src/local/source/logs/tail.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const local = (text: string) => new Date(text).toISOString()

describe('a line of', () => {
  test.each<[LoggedService, string, object]>([
    [
      'kafka',
      '[2026-01-02 03:04:05,678] INFO [Broker id=1] Starting (a) now (kafka.server.Broker)',
      {
        at: local('2026-01-02T03:04:05.678'),
        level: 'INFO',
        logger: 'kafka.server.Broker',
        message: '[Broker id=1] Starting (a) now',
      },
    ],
    [
      'kafka-2',
      '[2026-01-02 03:04:05,678] WARN no logger',
      { service: 'kafka-2', level: 'WARN', logger: 'kafka-2', message: 'no logger' },
    ],
    [
      'cassandra',
      'WARN  [Native-Transport-Requests-2] 2026-01-02 03:04:05,678 NoSpamLogger.java:107 - a - b',
      { at: local('2026-01-02T03:04:05.678'), level: 'WARN', logger: 'NoSpamLogger.java', message: 'a - b' },
    ],
    [
      'registry',
      '2026-01+02-02 03:04:05 ERROR [io.apicurio.Store] (executor-thread-1) closed ',
      { at: '2026-01-02T01:04:05.000Z', level: 'ERROR', logger: 'io.apicurio.Store', message: 'closed ' },
    ],
    [
      'emulator',
      '2026-01-02 03:04:05 WARNING [kms] no package',
      { at: local('2026-01-02T03:04:05'), level: 'WARN', logger: 'kms', message: 'no package' },
    ],
    [
      'emulator',
      '[2026-01-02 03:04:05 +0100] [24329] [INFO] Running',
      { at: '2026-01-02T02:04:05.000Z', level: 'INFO', logger: 'emulator', message: 'Running' },
    ],
    [
      'emulator',
      '{"level":"INFO","message":"batch settled","timestamp":"2026-01-02T03:04:05.678Z","service":"sluice","function_name":"sluice-users-write","cold_start":false,"records":3}',
      {
        service: 'sluice-users-write',
        at: '2026-01-02T03:04:05.678Z',
        level: 'INFO',
        logger: 'sluice',
        message: 'batch settled {"records":3}',
      },
    ],
  ])('%s: %s', (service, line, parsed) => {
    expect(parseLine(service, line)).toEqual({ service, ...(parseLine(service, line) ?? {}), ...parsed })
  })

  test.each<[LoggedService, string]>([
    ['registry', '--\\_\\_\\____\\_\\_\\____/'],
    ['kafka', '[2026-13-45 03:04:05,678] INFO no such day (a.B)'],
    ['emulator', '(node:7) [DEP0169] DeprecationWarning: …'],
    ['emulator', '{"level":"INFO","message":"cut'],
    ['emulator', '{"level":"INFO"}'],
    ['emulator', '{}'],
  ])('%s that begins no entry: %s', (service, line) => {
    expect(parseLine(service, line)).toBeNull()
  })
})

describe('entries', () => {
  const first = '[2026-01-02 03:04:05,678] ERROR failed (a.B)\n'
  const trace =
    'java.lang.IllegalStateException: no\n\tat a.B.c(B.java:7)\nCaused by: java.io.IOException\n\t... 3 more\n'
  const second = '[2026-01-02 03:04:06,000] INFO after (a.B)\n'
  const entries = (text: string, isWhole = true) => entriesIn('kafka', Buffer.from(text), 0, isWhole)

  test('a stack trace belongs to the entry before it', () => {
    expect(entries(first + trace + second)).toMatchObject([
      { entry: { level: 'ERROR', message: `failed\n${trace.trimEnd()}` }, end: first.length + trace.length },
      { entry: { level: 'INFO', message: 'after' }, end: first.length + trace.length + second.length },
    ])
  })

  test('the last one waits for what may follow', () => {
    expect(entries(first + trace, false)).toEqual([])
    expect(entries(first + trace + second, false)).toHaveLength(1)
  })

  test('a line that nobody writes so is passed on as it is', () => {
    expect(entries(`${first}banner\n${second}`)[1]?.entry).toEqual({
      id: expect.stringMatching(/^kafka-45-[0-9a-f]{12}$/),
      service: 'kafka',
      line: 'banner',
    })
  })

  test('a line longer than any is passed on in parts', () => {
    expect(entries('x'.repeat(mostEntryBytes), false)).toMatchObject([{ end: mostEntryBytes }])
  })

  test('every byte belongs to one entry, wherever the reading stopped', () => {
    const line = fc.constantFrom(first, second, trace, 'banner\n', '\n', '  indented\n', 'ünïcode\n')
    fc.assert(
      fc.property(fc.array(line), fc.nat(), (lines, cut) => {
        const all = Buffer.from(lines.join(''))
        const to = all.length === 0 ? 0 : cut % (all.length + 1)
        const before = entriesIn('kafka', all.subarray(0, to), 0, false)
        const stopped = before.at(-1)?.end ?? 0
        const rest = entriesIn('kafka', all.subarray(stopped), stopped, true)
        expect([...before, ...rest]).toEqual(entriesIn('kafka', all, 0, true))
        expect([...before, ...rest].at(-1)?.end ?? 0).toBe(all.length)
      }),
    )
  })
})

describe('the tail', () => {
  const line = (second: number, message: string) => `[2026-01-02 03:04:0${second},000] INFO ${message} (a.B)\n`
  const messages = (page: { entries: readonly object[] }) =>
    page.entries.map((entry) => ('message' in entry ? entry.message : 'line' in entry ? entry.line : null))
  const rested = (path: string) => utimesSync(path, 1, 1)

  function folderWith(text: string) {
    const folder = temporaryFolder()
    const path = join(folder, 'kafka.log')
    writeFileSync(path, text)
    rested(path)
    return { folder, path }
  }

  test('goes on behind the last page, and reading again gives the same', async () => {
    const { folder, path } = folderWith(line(1, 'a') + line(2, 'b'))
    const page = await logPage(folder, null, 1)
    expect(messages(page)).toEqual(['a'])
    const second = await logPage(folder, page.next, 10)
    expect(messages(second)).toEqual(['b'])
    expect(await logPage(folder, null, 1)).toEqual(page)
    expect(messages(await logPage(folder, second.next, 10))).toEqual([])
    appendFileSync(path, line(3, 'c'))
    rested(path)
    expect(messages(await logPage(folder, second.next, 10))).toEqual(['c'])
  })

  test('takes the files of all services in the order of time', async () => {
    const { folder } = folderWith(line(1, 'a') + line(4, 'd'))
    const path = join(folder, 'cassandra.log')
    writeFileSync(
      path,
      'INFO  [main] 2026-01-02 03:04:02,000 A.java:1 - b\nINFO  [main] 2026-01-02 03:04:03,000 A.java:1 - c\n',
    )
    rested(path)
    const page = await logPage(folder, null, 3)
    expect(messages(page)).toEqual(['a', 'b', 'c'])
    expect(messages(await logPage(folder, page.next, 3))).toEqual(['d'])
  })

  test('leaves what is being written for the next page', async () => {
    const { folder, path } = folderWith('')
    appendFileSync(path, line(1, 'a') + line(2, 'b').slice(0, -3))
    const soon = new Date(Date.now() + 60_000)
    utimesSync(path, soon, soon)
    expect(messages(await logPage(folder, null, 10))).toEqual([])
    appendFileSync(path, line(2, 'b').slice(-3) + line(3, 'c'))
    utimesSync(path, soon, soon)
    expect(messages(await logPage(folder, null, 10))).toEqual(['a', 'b'])
  })

  test.each([
    ['shorter', line(5, 'new')],
    ['as long', line(5, 'x') + line(6, 'y')],
  ])('begins anew with a file that was begun anew, %s than before', async (_, text) => {
    const { folder, path } = folderWith(line(1, 'a') + line(2, 'b'))
    const { next, entries } = await logPage(folder, null, 10)
    writeFileSync(path, text)
    rested(path)
    const page = await logPage(folder, next, 10)
    expect(page.entries.length).toBe(text.split('\n').length - 1)
    expect(page.entries[0]?.id).not.toBe(entries[0]?.id)
  })

  test('reads a rotated file to its end, then the one that took its place', async () => {
    const { folder, path } = folderWith(line(1, 'a') + line(2, 'b') + line(3, 'c'))
    const { next } = await logPage(folder, null, 1)
    renameSync(path, `${path}.1`)
    writeFileSync(path, line(4, 'd'))
    rested(path)
    const first = await logPage(folder, next, 10)
    expect(messages(first)).toEqual(['b', 'c'])
    const second = await logPage(folder, first.next, 10)
    expect(messages(second)).toEqual(['d'])
    expect(messages(await logPage(folder, second.next, 10))).toEqual([])
  })

  test('a folder that is not there has no entries', async () => {
    expect((await logPage(join(temporaryFolder(), 'none'), null, 10)).entries).toEqual([])
  })
})
