/**
 * What to do about a failure, by its code: the entry of the runbook.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cloneFolder } from './places.ts'

/** An entry of docs/runbook.md: sentences with code between backticks. */
export type Remedy = { readonly means: string; readonly seeIt: string; readonly todo: string }

let runbook: Promise<string> | null = null

/** The entry of a code; null for a code that has none. */
export async function remedyOf(code: string): Promise<Remedy | null> {
  runbook ??= readFile(join(cloneFolder, 'docs/runbook.md'), 'utf8')
  const entry = (await runbook).split(/^### /m).find((each) => each.startsWith(`${code}\n`))
  const [, means, seeIt, todo] = /\*\*Means:\*\* (.+)\n\*\*See it:\*\* (.+)\n\*\*Do:\*\* (.+)/.exec(entry ?? '') ?? []
  return means && seeIt && todo ? { means, seeIt, todo } : null
}
