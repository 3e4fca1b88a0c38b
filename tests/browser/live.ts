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
        .getByText(/[\d,]+ in 6 partitions/)
      await held.waitFor()
      const before = await held.textContent()
      await scene().produce('users_enriched', Buffer.from('x'))
      const sentAt = Date.now()
      await expect.poll(() => held.textContent(), { interval: 50, timeout: 10_000 }).not.toBe(before)
      expect(Date.now() - sentAt).toBeLessThan(2_000)
      await closeQuiet(opened)
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
      await page.getByText(/fetched/).waitFor()
      await scene().stopConsole()
      await page.getByText('The console does not answer since').waitFor()
      await scene().startConsole()
      await page.getByText('The console does not answer since').waitFor({ state: 'detached', timeout: 30_000 })
      await page.getByText(/fetched/).waitFor()
      await page.context().close()
    })
  })
}
