/**
 * `sluice doctor`: what is wrong, and what to do about it.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { diagnose, hasProblem } from '../../operations/doctor/doctor.ts'
import type { Finding } from '../../operations/doctor/doctor-finding.ts'
import { environmentOption } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; json?: true }

/** The command. Exit code 1 when there is a problem; a warning is none. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check prerequisites, ports, services, deployment, mappings, lag, jobs and disk; say what to do')
    .addOption(environmentOption())
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExamples:\n  npm run sluice -- doctor\n  npm run sluice -- doctor --json')
    .action(async ({ environment, json }: Options) => {
      const findings = await diagnose(environment, pipelines)
      if (json) printJson({ environment, findings })
      else printResult([...findings.map(findingText), verdict(findings)].join('\n'))
      // A service that hangs would hold the process until its connection gives up.
      process.exit(hasProblem(findings) ? 1 : 0)
    })
}

function findingText({ check, level, detail, remedy }: Finding): string {
  const line = `${level.padEnd(8)} ${check.padEnd(21)} ${detail}`
  return remedy === null ? line : `${line}\n${' '.repeat(31)}→ ${remedy}`
}

function verdict(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  return `problems: ${count('problem')}, warnings: ${count('warning')}, ok: ${count('ok')}`
}
