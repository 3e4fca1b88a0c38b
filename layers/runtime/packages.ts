/**
 * The packages of the runtime layer: its package.json read as data.
 */
import manifest from './package.json' with { type: 'json' }

/** Versions by package name. */
export const layerVersions: Readonly<Record<string, string>> = manifest.dependencies

/** Names of the packages, which function bundles leave out. */
export const layerPackages: readonly string[] = Object.keys(layerVersions)
