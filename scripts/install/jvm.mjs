/** The jars of Kafka, Cassandra and the schema registry: resolved by Maven, checked against committed checksums. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { jvmFolder, root } from './paths.mjs'
import { InstallError, runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requireMaven } from './requirements.mjs'

const source = join(root, 'jvm')
const checksums = join(source, 'checksums.sha256')

/** The inputs that decide whether the jars are current. */
export const jvmInputs = ['pom.xml', 'kafka/pom.xml', 'cassandra/pom.xml', 'registry/pom.xml', 'checksums.sha256'].map(
  (path) => join(source, path),
)

/** Resolves the jars beside their place and moves them there when verified; tries once more, since clones share Maven's cache. */
export async function installJvm(report) {
  await requireMaven()
  const building = `${jvmFolder}.new-${process.pid}`
  await step(report, 'Java services', 'the jars of Kafka, Cassandra and Apicurio, about 280 MB', async ({ count }) => {
    let files = 0
    const onLine = (line) => line.includes('Downloaded from') && count(`${++files} files downloaded`)
    const args = ['-B', '-f', join(source, 'pom.xml'), `-Druntime.dir=${building}`, 'generate-resources']
    const attempt = () => runOrFail('Resolving the jars', 'mvn', args, { onLine })
    await attempt().catch(attempt)
    count(`${verify(building)} files verified`)
    rmSync(jvmFolder, { recursive: true, force: true })
    renameSync(building, jvmFolder)
  })
}

/** Compares each listed file with its checksum; the number of files. Fails on the first that differs or is absent. */
export function verify(folder, list = readFileSync(checksums, 'utf8')) {
  const lines = list.trim().split('\n')
  for (const line of lines) {
    const [expected, path] = line.split('  ')
    const file = join(folder, path)
    if (!existsSync(file))
      throw new InstallError(`The jar ${path} is listed in jvm/checksums.sha256 and Maven did not bring it.`)
    const actual = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (actual !== expected) {
      throw new InstallError(
        `The jar ${path} is not the one that was tried: its SHA-256 is ${actual}, and jvm/checksums.sha256 has ${expected}; delete it from Maven's cache and start again.`,
      )
    }
  }
  return lines.length
}
