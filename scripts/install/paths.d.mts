/** Folder of the Python environment that only tests need. */
export const testPythonFolder: string
