/** Installs what is missing for a purpose: services in containers need npm packages only. `report` gets one line per event. */
export function install(options: {
  report: (line: string) => void
  purpose: 'containers' | 'services' | 'analytics' | 'tests' | 'runner' | 'deployment'
}): Promise<void>
