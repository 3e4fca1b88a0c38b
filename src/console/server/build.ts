/**
 * Building the pages: once for each state of their sources, kept below `.sluice/console`.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cloneFolder, workFolder } from '../../operations/places.ts'

const sources = resolve(import.meta.dirname, '../pages')
const built = join(workFolder, 'console')

/** The folder of the built pages; builds them, in about two seconds, where that of these sources is not there. */
export async function builtPages(): Promise<string> {
  const folder = join(built, stateOfSources())
  if (existsSync(folder)) return folder
  // Loaded here, as most starts find the pages built.
  const { build } = await import('vite')
  mkdirSync(built, { recursive: true })
  const made = `${folder}.new-${process.pid}`
  await build({
    configFile: false,
    root: sources,
    logLevel: 'error',
    build: { outDir: made, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  // What others build at the same time is theirs.
  for (const name of readdirSync(built)) {
    if (!name.includes('.new-')) rmSync(join(built, name), { recursive: true, force: true })
  }
  try {
    renameSync(made, folder)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** A name for the pages' sources and what else they are built from. */
function stateOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(cloneFolder, 'package-lock.json')))
  for (const file of globSync('**/*.{ts,tsx,css,html,svg}', { cwd: sources }).sort()) {
    hash.update(file).update(readFileSync(join(sources, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
