/**
 * Reading what `cdk` prints: why a deployment failed. Pure.
 */

/** A line of a stack's events: `stack | 9 | 11:28:57 AM | UPDATE_FAILED | type | path (logical id) reason`. */
const failedResource = /\| (?:CREATE|UPDATE|DELETE)_FAILED\s*\| [\w:]+\s*\| \S+ \([^)]*\) (.+)$/

/** The reasons that CloudFormation gave for each resource that failed, once each, in order; none where it was not asked. */
export function failureReasons(output: string): string[] {
  const reasons = output.split('\n').flatMap((line) => failedResource.exec(line)?.[1] ?? [])
  return [...new Set(reasons.map((reason) => reason.trim().replace(/^Error: /, '')))]
}
