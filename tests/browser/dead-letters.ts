/** Dead letters: why a record is one, and the way back. */
import { describe, expect, test } from 'vitest'
import { closeQuiet, type Scene } from './scene.ts'

/** Tests on the scene. */
export function deadLetterTests(scene: () => Scene): void {
  describe('a dead letter', () => {
    test('is found from the flow, with its reason, and is sent back after a dry run', async () => {
      await scene().produce('users_created', Buffer.from('no Avro at all'))
      const opened = await scene().open('/')
      const { page } = opened
      const card = page.getByRole('link', { name: /Dead letters.*users_created\.dlt/s })
      await card.getByText(/\d+ waits?/).waitFor({ timeout: 60_000 })
      await card.click()
      await page.getByText('the value begins with byte 0x6e').first().waitFor()
      await page.getByRole('link', { name: 'See one' }).first().click()
      await page.getByRole('heading', { name: /^Dead letter 0\// }).waitFor()
      await page.getByRole('link', { name: /^users_created\/\d\/\d+$/ }).waitFor()
      await page.getByRole('button', { name: 'Redrive it' }).click()
      const dialog = page.getByRole('dialog', { name: 'Redrive' })
      await dialog.getByText('Nothing is sent yet').waitFor()
      await dialog.getByText('redrive 1 of 3').waitFor()
      await dialog.getByRole('button', { name: 'Send 1' }).click()
      await dialog.getByText('1 record was sent').waitFor()
      await dialog.getByRole('button', { name: 'Close' }).click()
      await expect.poll(() => page.getByText('redriven', { exact: true }).count()).toBe(1)
      await closeQuiet(opened)
    })
  })
}
