/**
 * Installs what is missing or stale: npm packages, the Python environment, the jars, the class archives; Spark where it is asked for.
 * All of it lands inside the clone, in node_modules and .sluice.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archiveInputs, makeArchives } from './install/archives.mjs'
import { appJars, emrJars, installJars, sparkJars } from './install/jvm.mjs'
import { withLock } from './install/lock.mjs'
import { installNpm, npmIsInstalled } from './install/npm.mjs'
import { sluiceFolder } from './install/paths.mjs'
import { InstallError } from './install/process.mjs'
import { installPySpark, pyspark } from './install/pyspark.mjs'
import { installPython, lintPython, servicePython, testPython } from './install/python.mjs'
import { clearStamp, hashOf, isStamped, writeStamp } from './install/stamp.mjs'

const allInputs = [servicePython.requirements, ...appJars.inputs, ...archiveInputs]

/** A step that leaves a stamp. */
const stamped = (name, inputs, folder, work) => ({
  isDone: () => isStamped(name, hashOf(inputs)) && existsSync(folder),
  async run(report) {
    clearStamp(name)
    await work(report)
    writeStamp(name, hashOf(inputs))
  },
})

const npm = { isDone: npmIsInstalled, run: installNpm }
const pythonStep = (name, environment) =>
  stamped(name, [environment.requirements], environment.folder, (report) => installPython(environment, report))
const python = pythonStep('python', servicePython)
const pythonOfTests = pythonStep('python-tests', testPython)
const lint = pythonStep('lint', lintPython)
const jarStep = (name, jars) => stamped(name, jars.inputs, jars.folder, (report) => installJars(jars, report))
const jvm = jarStep('jvm', appJars)
const spark = jarStep('spark', sparkJars)
const emr = jarStep('emr', emrJars)
const pythonOfSpark = stamped('pyspark', [pyspark.requirements], pyspark.folder, installPySpark)
const archives = stamped('archives', allInputs, appJars.folder, makeArchives)

/** What each purpose needs beside the class archives. */
const needed = {
  /** The services run in containers. */
  containers: [npm],
  services: [npm, python, jvm],
  /** Beside the services: asked for when these are up. */
  analytics: [spark],
  /** Jobs on AWS: asked for by the app of the target. */
  deployment: [emr],
  tests: [npm, python, jvm, spark, emr, pythonOfTests, lint],
  /** Beside those of tests: asked for by the one that runs spark/runner.py. */
  runner: [pythonOfSpark],
}

/**
 * Installs what is missing for a purpose; returns at once when nothing is. `report` gets one line per event.
 * Fails with an error whose `expected` is true and whose message is for the user.
 */
export async function install({ report, purpose }) {
  const base = needed[purpose]
  const last = base.includes(jvm) ? [archives] : []
  if ([...base, ...last].every((step) => step.isDone())) return
  await withLock(join(sluiceFolder, 'install.lock'), report, async () => {
    removeUnfinished()
    const missing = base.filter((step) => !step.isDone())
    if (missing.includes(python) || missing.includes(jvm)) clearStamp('archives')
    const outcomes = await Promise.allSettled(missing.map((step) => step.run(report)))
    const failures = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason)
    if (failures.some((reason) => !reason.expected)) throw failures.find((reason) => !reason.expected)
    if (failures.length > 0) throw new InstallError(failures.map(({ message }) => message).join('\n'))
    for (const step of last) if (!step.isDone()) await step.run(report)
  })
}

/** Takes away what an interrupted installation left beside its place. */
function removeUnfinished() {
  for (const name of readdirSync(sluiceFolder)) {
    if (/\.new-\d+$/.test(name)) rmSync(join(sluiceFolder, name), { recursive: true, force: true })
  }
}
