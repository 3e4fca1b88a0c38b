/**
 * A real browser: the Chromium of an npm package on Linux x64, an installed Chrome elsewhere.
 */
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** A browser without a window. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return chromium.launch({ channel: 'chrome' })
  // The package's own arguments would switch web security off, which is what is tested here.
  const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-dev-shm-usage']
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args })
}
