/**
 * A fingerprint of everything that a deployment is made of, so that an unchanged one can be skipped.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const inputs = [
  'cdk',
  'cdk.json',
  'functions',
  'layers',
  'package-lock.json',
  'pipelines',
  'src/connect',
  'src/core',
  'src/runtime',
]

/** A hex digest over the sources of the app in `folder` and the context they are deployed with. */
export async function fingerprint(folder: string, context: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(context))
  for (const file of (await Promise.all(inputs.map((input) => filesOf(folder, input)))).flat().sort()) {
    hash.update(`\0${file}\0`).update(await readFile(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 32)
}

async function filesOf(folder: string, input: string): Promise<string[]> {
  if (/\.json$/.test(input)) return [input]
  const entries = await readdir(join(folder, input), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
