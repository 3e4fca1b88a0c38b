/** Installs what is missing; `report` gets one line per event. */
export function install(options: { report: (line: string) => void }): Promise<void>
/** Installs the linter of CloudFormation templates, `.sluice/lint/bin/cfn-lint` for the Python beside it, which only tests use. */
export function installTemplateLint(options: { report: (line: string) => void }): Promise<void>
