import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { identify } from '../../../src/local/process-identity.ts'

const handover = pathToFileURL('scripts/install/handover.mjs').href

/** Runs programs as scripts/bootstrap.mjs does, without a terminal and without npm. */
function runInOrder(...programs: string[][]) {
  const script = `(await import(${JSON.stringify(handover)})).runInOrder(${JSON.stringify(programs)})`
  const { npm_lifecycle_event: _, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, ended: once(child, 'exit'), nextLine: async () => (await lines.next()).value as string | undefined }
}

const node = (script: string) => ['node', '-e', script]
const waiting = 'setInterval(() => {}, 1000); console.log(process.pid)'

test('it ends with the exit code of the first program that fails', async () => {
  const { ended, nextLine } = runInOrder(node('console.log(1)'), node('process.exit(3)'), node('console.log(2)'))
  expect(await nextLine()).toBe('1')
  expect(await nextLine()).toBeUndefined()
  expect(await ended).toEqual([3, null])
})

test('programs run on Node 24, with node_modules/.bin first on the path', async () => {
  const { ended, nextLine } = runInOrder(node('console.log(process.version, process.env.PATH)'))
  expect(await nextLine()).toMatch(/^v24\.\S+ \S+\/node_modules\/\.bin:/)
  expect(await ended).toEqual([0, null])
})

test('a signal reaches the program once, and it ends as the program does', async () => {
  const counting = 'let n = 0; process.on("SIGINT", () => { n++; setTimeout(() => process.exit(n), 50) });'
  const { child, ended, nextLine } = runInOrder(node(counting + waiting))
  await nextLine()
  child.kill('SIGINT')
  expect(await ended).toEqual([1, null])
})

test('a program that a signal ends passes it on', async () => {
  const { child, ended, nextLine } = runInOrder(node(waiting))
  await nextLine()
  child.kill('SIGTERM')
  expect(await ended).toEqual([null, 'SIGTERM'])
})

test('the main program learns from its channel that it was left alone', async () => {
  const { child, ended, nextLine } = runInOrder(
    node(`process.on("disconnect", () => { console.log("alone"); process.exit() }); ${waiting}`),
  )
  const pid = Number(await nextLine())
  child.kill('SIGKILL')
  await ended
  expect(await nextLine()).toBe('alone')
  await expect.poll(() => identify(pid)).toBeNull()
})
