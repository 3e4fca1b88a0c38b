export function missing(which: 'maven' | 'python' | 'npm', found: string | null): string
export function parseMavenVersion(output: string): { maven: string | null; java: string | null }
export function javaMajor(version: string): number
export function parsePythonVersion(output: string): [number, number] | null
export function pythonFits(version: [number, number]): boolean
/** Fail with one sentence that says what is needed, what was found and how to get it. */
export function requireMaven(): Promise<void>
export function requirePython(): Promise<string>
