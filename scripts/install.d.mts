/** Installs what is missing; `report` gets one line per event. Without `services`, npm packages only. */
export function install(options: { report: (line: string) => void; services?: boolean }): Promise<void>
