/**
 * Installs the services before the first test that needs them; costs nothing when they are there.
 */
import { install } from '../scripts/install.mjs'

/** Vitest's global set-up. */
export async function setup(): Promise<void> {
  await install({ report: (line) => process.stderr.write(`${line}\n`), purpose: 'tests' })
}
