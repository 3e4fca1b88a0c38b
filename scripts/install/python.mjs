/** The Python environment: the AWS emulator and a Java runtime, pinned by hash. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pythonFolder, root } from './paths.mjs'
import { runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requirePython } from './requirements.mjs'

/** The inputs that decide whether the environment is current. */
export const pythonInputs = [join(root, 'scripts', 'requirements.txt')]

/** Builds the environment beside its place and moves it there when complete. */
export async function installPython(report) {
  const python = await requirePython()
  const building = `${pythonFolder}.new-${process.pid}`
  await step(report, 'Python packages', 'the AWS emulator and a Java 21 runtime, about 60 MB', async ({ count }) => {
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
      ['-m', 'pip', ...install, '-r', pythonInputs[0]],
      { onLine: (line) => line.startsWith('Collecting ') && count(`${++packages} packages`) },
    )
    rmSync(pythonFolder, { recursive: true, force: true })
    renameSync(building, pythonFolder)
  })
}
