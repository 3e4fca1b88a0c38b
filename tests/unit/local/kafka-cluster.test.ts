import { mkdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { storedClusterId } from '../../../src/local/kafka-cluster.ts'
import { foldersOf } from '../../../src/local/service.ts'
import { temporaryFolder } from './temporary-folder.ts'

function newFolders() {
  const folders = foldersOf(temporaryFolder())
  mkdirSync(folders.data('.'), { recursive: true })
  return folders
}

test('the id of a cluster is made once, and is that of one environment', () => {
  const folders = newFolders()
  const id = storedClusterId(folders, 3)
  expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  expect(storedClusterId(folders, 3)).toBe(id)
  expect(storedClusterId(newFolders(), 3)).not.toBe(id)
})

test('data of another number of nodes is refused with the remedy, until it is gone', () => {
  const folders = newFolders()
  storedClusterId(folders, 1)
  expect(() => storedClusterId(folders, 3)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      message: expect.stringMatching(/^--brokers is 3, but .+ holds the data of 1: use --brokers 1, --fresh/),
    }),
  )
  rmSync(folders.data('.'), { recursive: true })
  mkdirSync(folders.data('.'))
  expect(storedClusterId(folders, 3)).toBeTypeOf('string')
})
