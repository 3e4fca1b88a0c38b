/** Installs what is missing; `report` gets one line per event. */
export function install(options: { report: (line: string) => void }): Promise<void>
/** Installs the linter of CloudFormation templates, module `cfnlint` of `.sluice/lint/bin/python`, which only tests use. */
export function installTemplateLint(options: { report: (line: string) => void }): Promise<void>
