/**
 * Installs the linter of templates before the tests that run it; costs nothing when it is there.
 */
import { installTemplateLint } from '../scripts/install.mjs'

/** Vitest's global set-up. */
export async function setup(): Promise<void> {
  await installTemplateLint({ report: (line) => process.stderr.write(`${line}\n`) })
}
