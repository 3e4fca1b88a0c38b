/** The jars of Kafka, Cassandra and the schema registry, and those of Spark apart: resolved by Maven, checked against committed checksums. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { emrFolder, jvmFolder, root, sparkFolder } from './paths.mjs'
import { InstallError, runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requireMaven } from './requirements.mjs'

const source = join(root, 'jvm')
const paths = (names) => names.map((name) => join(source, name))

/** The services that the app itself needs. */
export const appJars = {
  folder: jvmFolder,
  pom: join(source, 'pom.xml'),
  checksums: join(source, 'checksums.sha256'),
  /** What decides whether the jars are current. */
  inputs: paths(['pom.xml', 'kafka/pom.xml', 'cassandra/pom.xml', 'registry/pom.xml', 'checksums.sha256']),
  title: 'Java services',
  contents: 'the jars of Kafka, Cassandra and Apicurio, about 280 MB',
}

/** Spark: apart, so that nobody waits for it who runs no analytics job. */
export const sparkJars = {
  folder: sparkFolder,
  pom: join(source, 'spark', 'pom.xml'),
  checksums: join(source, 'spark', 'checksums.sha256'),
  inputs: paths(['pom.xml', 'spark/pom.xml', 'spark/checksums.sha256']),
  title: 'Spark',
  contents: 'its jars, about 300 MB',
}

/** What jobs take along to EMR Serverless, which only a deployment to AWS needs. */
export const emrJars = {
  folder: emrFolder,
  pom: join(source, 'emr', 'pom.xml'),
  checksums: join(source, 'emr', 'checksums.sha256'),
  inputs: paths(['pom.xml', 'emr/pom.xml', 'emr/checksums.sha256']),
  title: 'Spark on AWS',
  contents: 'the jars that jobs take along, about 24 MB',
}

/** Resolves the jars beside their place and moves them there when verified; tries once more, since clones share Maven's cache. */
export async function installJars({ folder, pom, checksums, title, contents }, report) {
  await requireMaven()
  const building = `${folder}.new-${process.pid}`
  await step(report, title, contents, async ({ count }) => {
    let files = 0
    const onLine = (line) => line.includes('Downloaded from') && count(`${++files} files downloaded`)
    const args = ['-B', '-f', pom, `-Druntime.dir=${building}`, 'generate-resources']
    const attempt = () => runOrFail('Resolving the jars', 'mvn', args, { onLine })
    await attempt().catch(attempt)
    count(`${verify(building, checksums)} files verified`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(building, folder)
  })
}

/** Compares each listed file with its checksum; the number of files. Fails on the first that differs or is absent. */
export function verify(folder, checksums) {
  const list = relative(root, checksums)
  const lines = readFileSync(checksums, 'utf8').trim().split('\n')
  for (const line of lines) {
    const [expected, path] = line.split('  ')
    const file = join(folder, path)
    if (!existsSync(file)) throw new InstallError(`The jar ${path} is listed in ${list} and Maven did not bring it.`)
    const actual = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (actual !== expected) {
      throw new InstallError(
        `The jar ${path} is not the one that was tried: its SHA-256 is ${actual}, and ${list} has ${expected}; delete it from Maven's cache and start again.`,
      )
    }
  }
  return lines.length
}
