/**
 * What has to be on the machine beforehand: Maven on a JDK, and Python. One sentence for each that is missing.
 * Not for what Sluice installs itself.
 */
import { InstallError, run } from './process.mjs'

const need = {
  maven: {
    name: 'Maven on a JDK 17 or later',
    hint: 'Debian and Ubuntu: apt install maven openjdk-17-jdk-headless; macOS: brew install maven',
  },
  python: {
    name: 'Python 3.11 or later with venv and pip',
    hint: 'Debian and Ubuntu: apt install python3 python3-venv python3-pip; macOS: brew install python',
  },
  npm: { name: 'npm', hint: 'it comes with Node: install Node from nodejs.org; macOS: brew install node' },
}

/** One sentence: what is needed, what was found, how to get it. */
export function missing(which, found) {
  const { name, hint } = need[which]
  return `Sluice needs ${name}, and found ${found ?? 'none'} (${hint}).`
}

/** Maven's and its Java's version from `mvn -version`; null for what is not there. */
export function parseMavenVersion(output) {
  return {
    maven: /Apache Maven ([\w.-]+)/.exec(output)?.[1] ?? null,
    java: /Java version: ([\w.-]+)/.exec(output)?.[1] ?? null,
  }
}

/** 17 for `17.0.15`, 8 for `1.8.0_402`, 25 for `25-ea`. */
export function javaMajor(version) {
  const [first, second] = version.split(/[._-]/)
  return Number(first === '1' ? second : first)
}

/** [3, 11] for `Python 3.11.7`; null when it is none. */
export function parsePythonVersion(output) {
  const match = /Python (\d+)\.(\d+)/.exec(output)
  return match ? [Number(match[1]), Number(match[2])] : null
}

/** Whether Python is 3.11 or later. */
export const pythonFits = ([major, minor]) => major > 3 || (major === 3 && minor >= 11)

/** Fails unless `mvn` runs on Java 17 or later. */
export async function requireMaven() {
  const { code, output } = await run('mvn', ['-version'])
  if (code === null) throw new InstallError(missing('maven', null))
  const { maven, java } = parseMavenVersion(output)
  if (code !== 0 || !maven || !java) throw new InstallError(missing('maven', 'a Maven that finds no Java'))
  if (javaMajor(java) < 17) throw new InstallError(missing('maven', `Maven ${maven} on Java ${java}`))
}

/** The name of a Python program that fits, with venv and pip; fails when there is none. */
export async function requirePython() {
  let found = null
  for (const program of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    const { code, output } = await run(program, ['--version'])
    const version = code === 0 ? parsePythonVersion(output) : null
    if (!version) continue
    if (!pythonFits(version)) {
      found ??= output.trim()
      continue
    }
    const parts = await run(program, ['-c', 'import venv, ensurepip'])
    if (parts.code === 0) return program
    found = `${output.trim()} without venv or pip`
  }
  throw new InstallError(missing('python', found))
}

/** Fails unless npm can be started. */
export async function requireNpm() {
  const { code } = await run('npm', ['--version'])
  if (code !== 0) throw new InstallError(missing('npm', null))
}
