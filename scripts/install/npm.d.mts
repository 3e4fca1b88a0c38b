type Packages = Record<string, { version?: string; integrity?: string; optional?: boolean }>
export function sameInstallation(wanted: Packages, installed: Packages): boolean
