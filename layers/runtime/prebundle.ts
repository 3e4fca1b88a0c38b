/**
 * Builds the runtime layer: each package becomes one CommonJS file below `nodejs/node_modules`.
 * Not for the layer as a resource: see cdk/constructs/runtime-layer.ts.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildSync, version as esbuildVersion } from 'esbuild'
import { layerPackages, layerVersions } from './packages.ts'

const require = createRequire(import.meta.url)

/** Packages that others ask for and do without. */
const optionalPackages = ['kerberos']

/**
 * `require` of a bundled package gives what `require` of the package gives. An ES module's default export, if it is a
 * function, becomes the module itself, carrying the named exports: esbuild compiles a default import of ours to `module.exports`.
 */
function entrySource(name: string): string {
  return [
    `const pkg = require(${JSON.stringify(name)})`,
    `module.exports = pkg.__esModule && typeof pkg.default === 'function' ? Object.assign(pkg.default, pkg) : pkg`,
    '',
  ].join('\n')
}

/** Path of the built layer below `cache`, built now unless these versions were built before. */
export function prebundleLayer(cache: string): string {
  const key = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(esbuildVersion)
  const layer = join(cache, `runtime-layer-${key.update(JSON.stringify(layerVersions)).digest('hex').slice(0, 12)}`)
  if (existsSync(layer)) return layer
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'runtime-layer-work-'))
  try {
    build(work)
    renameInto(join(work, 'layer'), layer)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return layer
}

function build(work: string): void {
  for (const name of layerPackages) {
    const folder = join(work, 'layer/nodejs/node_modules', name)
    const entry = join(work, 'entry.cjs')
    writeFileSync(entry, entrySource(name))
    buildSync({
      entryPoints: [entry],
      outfile: join(folder, 'index.js'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      conditions: isModuleOnly(name) ? ['module', 'import'] : ['module'],
      minify: true,
      legalComments: 'none',
      external: optionalPackages,
      logLevel: 'error',
    })
    const manifest = { name, version: layerVersions[name], main: 'index.js' }
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`)
  }
}

/** Whether a package cannot be required. Only then may its imports count as such: others hand out two forms of one package. */
function isModuleOnly(name: string): boolean {
  try {
    require.resolve(name)
    return false
  } catch {
    return true
  }
}

/** Another process may have built the same layer meanwhile; then that one stays. */
function renameInto(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}
