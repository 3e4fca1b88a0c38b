/** The npm dependencies, from the lockfile. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { runOrFail } from './process.mjs'
import { step } from './progress.mjs'
import { requireNpm } from './requirements.mjs'

const modules = join(root, 'node_modules')
const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

/** Whether node_modules holds what package-lock.json asks for: npm writes its own lockfile last when it installs. */
export function npmIsInstalled() {
  const installedPath = join(modules, '.package-lock.json')
  if (!existsSync(installedPath) || !existsSync(join(modules, '.bin', 'node'))) return false
  return sameInstallation(packagesOf(join(root, 'package-lock.json')), packagesOf(installedPath))
}

/** Whether two lockfiles' packages agree; an optional one (another platform's) may be absent. */
export function sameInstallation(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    if (!found) return optional === true
    return found.version === version && found.integrity === integrity
  })
}

/** Installs the dependencies; tries once more, since two clones share npm's cache. */
export async function installNpm(report) {
  await requireNpm()
  const total = Object.keys(packagesOf(join(root, 'package-lock.json'))).length - 1
  await step(report, 'npm packages', `up to ${total} packages from the lockfile`, async ({ count }) => {
    const timer = setInterval(() => count(`${countPackages()} packages`), 1_000)
    const attempt = () =>
      runOrFail('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
    try {
      await attempt().catch(attempt)
    } finally {
      clearInterval(timer)
      count(`${countPackages()} packages`)
    }
  })
}

function countPackages() {
  if (!existsSync(modules)) return 0
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .reduce((sum, name) => sum + (name.startsWith('@') ? readdirSync(join(modules, name)).length : 1), 0)
}
