/** The Python environments: the AWS emulator with a Java runtime, and for the tests a linter. Pinned by hash. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lintFolder, pythonFolder, root } from './paths.mjs'
import { runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requirePython } from './requirements.mjs'

/** The inputs that decide whether the environment is current. */
export const pythonInputs = [join(root, 'scripts', 'requirements.txt')]
/** The same for the linter's. */
export const lintInputs = [join(root, 'scripts', 'requirements-lint.txt')]

/** The environment that Sluice runs in. */
export const installPython = (report) =>
  installInto(pythonFolder, pythonInputs[0], report, 'the AWS emulator and a Java 21 runtime, about 60 MB')

/** The environment of the linter. */
export const installLint = (report) =>
  installInto(lintFolder, lintInputs[0], report, 'the linter of CloudFormation templates, about 20 MB')

/** Builds the environment beside its place and moves it there when complete. */
async function installInto(folder, requirements, report, what) {
  const python = await requirePython()
  const building = `${folder}.new-${process.pid}`
  await step(report, 'Python packages', what, async ({ count }) => {
    await runOrFail('Creating the Python environment', python, ['-m', 'venv', building])
    let packages = 0
    const install = [
      'install',
      '--no-input',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '--require-hashes',
    ]
    await runOrFail(
      'Installing the Python packages',
      join(building, 'bin', 'python'),
      ['-m', 'pip', ...install, '-r', requirements],
      { onLine: (line) => line.startsWith('Collecting ') && count(`${++packages} packages`) },
    )
    rmSync(folder, { recursive: true, force: true })
    renameSync(building, folder)
  })
}
