/** The Python environments: one for the services, two for what only tests need; pinned by hash. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lintFolder, pythonFolder, root, testPythonFolder } from './paths.mjs'
import { runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requirePython } from './requirements.mjs'

/** The AWS emulator and the Java runtime of the services. */
export const servicePython = {
  folder: pythonFolder,
  requirements: join(root, 'scripts', 'requirements.txt'),
  title: 'Python packages',
  contents: 'the AWS emulator and a Java 21 runtime, about 60 MB',
}

/** The peer of tests for AWS Glue: apart, so that nobody who only starts the app waits for it. */
export const testPython = {
  folder: testPythonFolder,
  requirements: join(root, 'scripts', 'requirements-tests.txt'),
  title: 'Python packages for tests',
  contents: 'an emulator of AWS Glue, about 30 MB',
}

/** The linter of CloudFormation templates, apart as it wants other versions than the emulator of tests. */
export const lintPython = {
  folder: lintFolder,
  requirements: join(root, 'scripts', 'requirements-lint.txt'),
  title: 'Python packages for the linter',
  contents: 'a linter of CloudFormation templates, about 20 MB',
}

/** Builds an environment beside its place and moves it there when complete. */
export async function installPython({ folder, requirements, title, contents }, report) {
  const python = await requirePython()
  const building = `${folder}.new-${process.pid}`
  await step(report, title, contents, async ({ count }) => {
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
