/** Stamps: what was installed from which inputs. Written last, so that an interrupted installation has none. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, sluiceFolder } from './paths.mjs'

const stampPath = (name) => join(sluiceFolder, 'stamps', name)

/** A hash of files' contents, of the clone's place (installed things hold absolute paths), and of the machine's kind. */
export function hashOf(paths) {
  const hash = createHash('sha256').update(`${root}\n${process.platform}-${process.arch}\n`)
  for (const path of paths) hash.update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** Whether `name` was installed from inputs with this hash. */
export function isStamped(name, hash) {
  try {
    return readFileSync(stampPath(name), 'utf8') === hash
  } catch {
    return false
  }
}

/** Takes the stamp away before an installation begins. */
export const clearStamp = (name) => rmSync(stampPath(name), { force: true })

/** Records that `name` is installed. */
export function writeStamp(name, hash) {
  const path = stampPath(name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, hash)
  renameSync(`${path}.new`, path)
}
