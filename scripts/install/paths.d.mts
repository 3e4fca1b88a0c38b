/** Folder of the Python environment that only tests need. */
export const testPythonFolder: string
/** Folder of Spark's Python API, which only the test of spark/runner.py needs. */
export const pysparkFolder: string
/** Folder of the jars that jobs take along to EMR Serverless. */
export const emrFolder: string
