/** Where things are installed, inside the clone. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The clone. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The git-ignored folder that holds all that is installed and all that runs. */
export const sluiceFolder = join(root, '.sluice')
export const pythonFolder = join(sluiceFolder, 'python')
export const testPythonFolder = join(sluiceFolder, 'python-tests')
export const jvmFolder = join(sluiceFolder, 'jvm')
export const lintFolder = join(sluiceFolder, 'lint')
export const emrFolder = join(sluiceFolder, 'emr')
export const pysparkFolder = join(sluiceFolder, 'pyspark')
export const sparkFolder = join(sluiceFolder, 'spark')
