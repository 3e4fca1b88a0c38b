import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storedLogin } from '../../../src/local/cassandra-login.ts'
import { defaultPorts } from '../../../src/local/ports.ts'
import { claimFolder, markReady, readState, releaseFolder } from '../../../src/local/state.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('a running stack is seen with its login, and not after it has ended', () => {
  const folder = temporaryFolder()
  expect(readState(folder)).toBeNull()
  claimFolder(folder, defaultPorts(7))
  const login = storedLogin(folder)
  expect(readState(folder)).toMatchObject({
    pid: process.pid,
    ready: false,
    endpoints: { kafka: { bootstrapServers: '127.0.0.1:9099' }, cassandra: { login } },
  })
  markReady(folder, defaultPorts(7))
  expect(readState(folder)?.ready).toBe(true)
  releaseFolder(folder)
  expect(readState(folder)).toBeNull()
})

test('a folder has one owner at a time', () => {
  const folder = temporaryFolder()
  claimFolder(folder, defaultPorts())
  expect(() => claimFolder(folder, defaultPorts())).toThrow(
    expect.objectContaining({
      code: 'STACK_ALREADY_RUNNING',
      message: expect.stringContaining(`process ${process.pid}`),
    }),
  )
})

test('a dead owner loses the folder', () => {
  const folder = temporaryFolder()
  const dead = { owner: { pid: process.pid, startTime: 'another boot' }, startedAt: 0, ready: true, ports: {} }
  writeFileSync(join(folder, 'state.json'), JSON.stringify(dead))
  storedLogin(folder)
  expect(readState(folder)).toBeNull()
  claimFolder(folder, defaultPorts())
  expect(readState(folder)?.pid).toBe(process.pid)
})

test('the login is random, kept, and readable by its owner only', () => {
  const folder = temporaryFolder()
  const login = storedLogin(folder)
  expect(storedLogin(folder)).toEqual(login)
  expect(storedLogin(temporaryFolder()).password).not.toBe(login.password)
  const path = join(folder, 'data', 'cassandra-login.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  claimFolder(folder, defaultPorts())
  expect(readFileSync(join(folder, 'state.json'), 'utf8')).not.toContain(login.password)
})
