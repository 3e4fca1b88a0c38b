/** Installs what is missing, with `forTests` also what only tests need; `report` gets one line per event. */
export function install(options: { report: (line: string) => void; forTests: boolean }): Promise<void>
