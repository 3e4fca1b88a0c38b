/** How much a page weighs, and how soon it is there. */
import { expect, test } from 'vitest'
import { builtPages } from '../../src/console/server/build.ts'
import { readPages } from '../../src/console/server/pages.ts'
import { closeQuiet, type Scene } from './scene.ts'

const mostBytes = 150_000

/** Tests on the scene. */
export function weightTests(scene: () => Scene): void {
  test('all files together have at most 150 kB on their way', async () => {
    const files = [...(await readPages(await builtPages())).values()]
    const bytes = files.reduce((sum, { bytes, zipped }) => sum + (zipped ?? bytes).length, 0)
    expect(files.length).toBeGreaterThan(3)
    expect(bytes).toBeLessThan(mostBytes)
  })

  test('the flow needs less than a second of a core until all of it is shown', async () => {
    const opened = await scene().open('/none')
    const { page } = opened
    await page.getByText('There is no such page').waitFor()
    const session = await page.context().newCDPSession(page)
    // Time on the core, not on the clock: what else runs on the machine is not the page's.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.goto(scene().url)
    await page.getByText('fetched').first().waitFor()
    const { metrics } = await session.send('Performance.getMetrics')
    const tasks = metrics.find(({ name }) => name === 'TaskDuration')?.value
    expect(tasks).toBeGreaterThan(0)
    expect(tasks).toBeLessThan(1)
    await closeQuiet(opened)
  })

  test('the first paint of a browser that has nothing yet comes within a second', async () => {
    // The quickest of five: what else runs on the machine can only make one slower.
    const times: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      const opened = await scene().open('/')
      const paintedAt = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
      await expect.poll(() => opened.page.evaluate<number>(paintedAt), { interval: 50 }).toBeGreaterThan(0)
      times.push(await opened.page.evaluate<number>(paintedAt))
      await closeQuiet(opened)
    }
    expect(Math.min(...times), `ms until the first paint, of ${times.map(Math.round)}`).toBeLessThan(1_000)
  })
}
