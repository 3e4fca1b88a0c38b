import { expect, test } from 'vitest'
import { startUntilReady } from '../../../src/local/kept-service.ts'
import type { RunningService } from '../../../src/local/running-service.ts'

/** A service whose start fails with each message in turn, and then is ready. */
function failing(...messages: string[]) {
  const calls: string[] = []
  const service: RunningService = {
    name: 'spark',
    pid: 0,
    async start() {
      calls.push('start')
      const message = messages.shift()
      if (message) throw new Error(message)
    },
    async stop() {
      calls.push('stop')
    },
    async kill() {},
  }
  return { service, calls }
}

const nothing = async () => {}

test('a service that does not start is ended and started again until it is ready', async () => {
  const { service, calls } = failing('Spark ended\nits log', 'Spark was slow')
  const lines: string[] = []
  await startUntilReady(service, nothing, (line) => lines.push(line), new AbortController().signal, 0)
  expect(calls).toEqual(['start', 'stop', 'start', 'stop', 'start'])
  expect(lines).toEqual([
    'Spark ended: it is started again, the others go on',
    'Spark was slow: it is started again, the others go on',
    expect.stringMatching(/^Spark ready in \d+\.\d s$/),
  ])
})

test('what has to hold before an attempt is asked before each', async () => {
  const { service, calls } = failing()
  const answers = [new Error('port 1 is taken')]
  const begin = async () => {
    const error = answers.shift()
    if (error) throw error
  }
  await startUntilReady(service, begin, () => {}, new AbortController().signal, 0)
  expect(calls).toEqual(['stop', 'start'])
})

test('it is left alone once the stack stops, also between two attempts', async () => {
  const { service, calls } = failing('Spark ended')
  const ending = new AbortController()
  await startUntilReady(service, nothing, () => ending.abort(), ending.signal)
  expect(calls).toEqual(['start', 'stop'])
  await startUntilReady(service, nothing, () => {}, ending.signal)
  expect(calls).toHaveLength(2)
})
