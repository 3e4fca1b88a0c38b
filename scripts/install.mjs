/**
 * Installs what is missing or stale: npm packages, the Python environment, the jars, the class archives.
 * All of it lands inside the clone, in node_modules and .sluice.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archiveInputs, makeArchives } from './install/archives.mjs'
import { installJvm, jvmInputs } from './install/jvm.mjs'
import { withLock } from './install/lock.mjs'
import { installNpm, npmIsInstalled } from './install/npm.mjs'
import { jvmFolder, lintFolder, pythonFolder, sluiceFolder } from './install/paths.mjs'
import { InstallError } from './install/process.mjs'
import { installLint, installPython, lintInputs, pythonInputs } from './install/python.mjs'
import { clearStamp, hashOf, isStamped, writeStamp } from './install/stamp.mjs'

const allInputs = [...pythonInputs, ...jvmInputs, ...archiveInputs]

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
const python = stamped('python', pythonInputs, pythonFolder, installPython)
const jvm = stamped('jvm', jvmInputs, jvmFolder, installJvm)
const lint = stamped('lint', lintInputs, lintFolder, installLint)
const archives = stamped('archives', allInputs, jvmFolder, makeArchives)

/**
 * Installs what is missing; returns at once when nothing is. `report` gets one line per event.
 * Fails with an error whose `expected` is true and whose message is for the user.
 */
export async function install({ report }) {
  const steps = [npm, python, jvm, archives]
  if (steps.every((step) => step.isDone())) return
  await withLock(join(sluiceFolder, 'install.lock'), report, async () => {
    removeUnfinished()
    const base = [npm, python, jvm].filter((step) => !step.isDone())
    if (base.some((step) => step !== npm)) clearStamp('archives')
    const outcomes = await Promise.allSettled(base.map((step) => step.run(report)))
    const failures = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason)
    if (failures.some((reason) => !reason.expected)) throw failures.find((reason) => !reason.expected)
    if (failures.length > 0) throw new InstallError(failures.map(({ message }) => message).join('\n'))
    if (!archives.isDone()) await archives.run(report)
  })
}

/** Installs the linter of templates, which only tests use. As {@link install}. */
export async function installTemplateLint({ report }) {
  if (lint.isDone()) return
  await withLock(join(sluiceFolder, 'install.lock'), report, async () => {
    removeUnfinished()
    if (!lint.isDone()) await lint.run(report)
  })
}

/** Takes away what an interrupted installation left beside its place. */
function removeUnfinished() {
  for (const name of readdirSync(sluiceFolder)) {
    if (/\.new-\d+$/.test(name)) rmSync(join(sluiceFolder, name), { recursive: true, force: true })
  }
}
