/** Spark's Python API, which only the test of spark/runner.py needs: its Python part, without the jars that it comes with. */
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pysparkFolder, root } from './paths.mjs'
import { runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requirePython } from './requirements.mjs'

export const pyspark = { folder: pysparkFolder, requirements: join(root, 'scripts', 'requirements-pyspark.txt') }

/** Takes the members below the inner folder `pyspark` out of the archive, without that of the version. */
const unpack = `import sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    for member in archive:
        outer, _, inner = member.name.partition('/')
        if inner.startswith('pyspark/'):
            member.name = inner
            archive.extract(member, sys.argv[2], filter='data')`

/** Builds the folder beside its place and moves it there when complete. */
export async function installPySpark(report) {
  const python = await requirePython()
  const building = `${pyspark.folder}.new-${process.pid}`
  const downloads = join(building, 'downloads')
  await step(report, 'PySpark', 'its Python part, a download of 434 MB', async () => {
    const pip = ['-m', 'pip', 'download', '--no-input', '--disable-pip-version-check', '--no-deps', '--require-hashes']
    await runOrFail('Downloading PySpark', python, [...pip, '-r', pyspark.requirements, '-d', downloads])
    for (const name of readdirSync(downloads)) {
      const file = join(downloads, name)
      const args = name.endsWith('.whl') ? ['-m', 'zipfile', '-e', file, building] : ['-c', unpack, file, building]
      await runOrFail('Unpacking PySpark', python, args)
    }
    rmSync(downloads, { recursive: true })
    rmSync(pyspark.folder, { recursive: true, force: true })
    renameSync(building, pyspark.folder)
  })
}
