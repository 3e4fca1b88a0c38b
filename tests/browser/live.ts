/** What is live: the flow follows within two seconds, a tail shows what comes, a restart of the server is survived. */
import { describe, expect, test } from 'vitest'
import { closeQuiet, type Scene } from './scene.ts'

/** Tests on the scene. */
export function liveTests(scene: () => Scene): void {
  describe('live', () => {
    test('the flow shows a record within two seconds', async () => {
      const opened = await scene().open('/')
      const held = opened.page
        .getByRole('link', { name: /^Topic\s*users_enriched/ })
        .getByRole('definition')
        .first()
      await held.waitFor()
      const before = await held.textContent()
      await scene().produce('users_enriched', Buffer.from('x'))
      const sentAt = Date.now()
      await expect.poll(() => held.textContent(), { interval: 50, timeout: 10_000 }).not.toBe(before)
      expect(Date.now() - sentAt).toBeLessThan(2_000)
      await closeQuiet(opened)
    })

    test('watching all pipelines costs less than a twentieth of a core', async () => {
      const looks = 20
      const stopping = new AbortController()
      const { body } = await fetch(`${scene().url}/api/flow/live`, { signal: stopping.signal })
      const reader = (body as ReadableStream<Uint8Array>).getReader()
      const text = new TextDecoder()
      const pictures = async (count: number) => {
        let seen = 0
        while (seen < count) seen += text.decode((await reader.read()).value).split('event: flow').length - 1
      }
      await pictures(3)
      // The server is in this process; its time on the core, and a look each second. Contention for caches counts as its own.
      const before = process.cpuUsage()
      await pictures(looks)
      const { user, system } = process.cpuUsage(before)
      stopping.abort()
      const msPerLook = (user + system) / 1_000 / looks
      expect(msPerLook, 'ms of a core for each look').toBeLessThan(50)
    })

    test('a tail shows records as they come', async () => {
      const opened = await scene().open('/topics/users_enriched.parked?from=live')
      await opened.page.getByText('Waiting for records').waitFor()
      await opened.page.getByText('Live.').waitFor()
      await expect
        .poll(
          async () => {
            await scene().produce('users_enriched.parked', Buffer.from('x'))
            return opened.page.getByRole('region', { name: 'Records' }).getByRole('button').count()
          },
          { timeout: 30_000, interval: 500 },
        )
        .toBeGreaterThan(0)
      await closeQuiet(opened)
    })

    test('a page survives a restart of the server: it says that it is cut off, and goes on', async () => {
      const { page } = await scene().open('/')
      await page
        .getByText(/fetched/)
        .first()
        .waitFor()
      await scene().stopConsole()
      await page.getByText('The console does not answer since').waitFor()
      await scene().startConsole()
      await page.getByText('The console does not answer since').waitFor({ state: 'detached', timeout: 30_000 })
      await page
        .getByText(/fetched/)
        .first()
        .waitFor()
      await page.context().close()
    })
  })
}
