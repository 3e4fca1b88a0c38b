/**
 * Each conformance case on real Kafka and real invocations, several at a time. The results are left for the page:
 * `node scripts/conformance-page.ts` writes it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { cases } from './cases.ts'
import { type Environment, startEnvironment } from './environment.ts'
import { resultsFile } from './page.ts'
import { openScene } from './scene.ts'

let env: Environment
const passed: string[] = []

beforeAll(async () => {
  env = await startEnvironment()
})

afterAll(async () => {
  mkdirSync(dirname(resultsFile), { recursive: true })
  writeFileSync(resultsFile, JSON.stringify(passed))
  await env?.stop()
})

describe.concurrent('the poller', () => {
  test.each(cases.map((each, index) => ({ ...each, topic: `case-${index + 1}` })))(
    '$behaviour',
    async ({ behaviour, topic, run }) => {
      const scene = openScene(env, topic)
      try {
        await run(scene)
        passed.push(behaviour)
      } finally {
        await scene.stop()
      }
    },
  )
})
