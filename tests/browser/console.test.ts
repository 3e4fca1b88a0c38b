import { afterAll, beforeAll } from 'vitest'
import { dataTests } from './data.ts'
import { deadLetterTests } from './dead-letters.ts'
import { everywhereTests } from './everywhere.ts'
import { jobTests } from './jobs.ts'
import { liveTests } from './live.ts'
import { loadTests } from './load.ts'
import { newcomerTests } from './newcomer.ts'
import { runTests } from './runs.ts'
import { safetyTests } from './safety.ts'
import { openScene, type Scene } from './scene.ts'
import { traceTests } from './trace.ts'
import { weightTests } from './weight.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene(`test-browser-${process.pid}`, 40)
})

afterAll(async () => {
  await scene?.close()
})

const opened = () => scene
safetyTests(opened)
dataTests(opened)
deadLetterTests(opened)
runTests(opened)
traceTests(opened)
weightTests(opened)
liveTests(opened)
jobTests(opened)
everywhereTests(opened)
newcomerTests(opened)
loadTests(opened)
