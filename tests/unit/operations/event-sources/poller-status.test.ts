import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { publishStatus, runningPollers } from '../../../../src/operations/event-sources/poller-status.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'
import { mappingStatus } from '../mapping-status.ts'

test('a status is seen at once, kept up to date, and gone when its poller ends', async () => {
  const folder = temporaryFolder()
  expect(runningPollers(folder)).toEqual([])
  let state: 'Creating' | 'Enabled' = 'Creating'
  const end = publishStatus(folder, 'npm start', () => [mappingStatus({ state })])
  expect(runningPollers(folder)).toMatchObject([
    { pid: process.pid, name: 'npm start', mappings: [{ state: 'Creating' }] },
  ])
  state = 'Enabled'
  await vi.waitFor(() => expect(runningPollers(folder)[0]?.mappings[0]?.state).toBe('Enabled'), { timeout: 10_000 })
  expect(Date.now() - (runningPollers(folder)[0]?.at ?? 0)).toBeLessThan(10_000)
  end()
  expect(runningPollers(folder)).toEqual([])
})

test('what a killed poller left is removed; what is no status is passed over', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'pollers'))
  const path = join(folder, 'pollers', '1.json')
  const owner = { pid: process.pid, startTime: 'another boot' }
  writeFileSync(path, JSON.stringify({ owner, name: 'sluice run', writtenAt: 0, mappings: [] }))
  writeFileSync(join(folder, 'pollers', '2.json'), '{')
  expect(runningPollers(folder)).toEqual([])
  expect(existsSync(path)).toBe(false)
})

test('a folder that cannot be written to is no trouble of the poller', () => {
  const folder = join(temporaryFolder(), 'file')
  writeFileSync(folder, 'a file')
  publishStatus(folder, 'npm start', () => [])()
  expect(runningPollers(folder)).toEqual([])
  expect(readFileSync(folder, 'utf8')).toBe('a file')
})
