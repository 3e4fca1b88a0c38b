/** Installs what is missing; `report` gets one line per event. */
export function install(options: { report: (line: string) => void }): Promise<void>
