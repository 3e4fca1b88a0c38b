/**
 * Checks of what is deployed: stacks, whether they are made of these sources, event source mappings.
 */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { SSMClient } from '@aws-sdk/client-ssm'
import { awsConfig } from '../../connect/aws.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { stageMappings } from '../../core/stage-mapping.ts'
import type { DeployedMapping } from '../../event-source/deployed-mapping.ts'
import { readMappings } from '../../event-source/mappings.ts'
import { contextOf, deployedFingerprint } from '../deployment/deploy.ts'
import { fingerprint } from '../deployment/fingerprint.ts'
import { cloneFolder } from '../places.ts'
import { checked, type Finding, ok, problem, warning } from './doctor-finding.ts'

const redeploy = 'start the environment again: "npm run sluice -- down", then "npm start" deploys what differs'
const stackNames = ['sluice-data', 'sluice-pipelines']

/** Checks stacks, fingerprint and mappings of an environment whose emulator answers. */
export async function checkDeployment(endpoints: Endpoints, pipelines: readonly Pipeline[]): Promise<Finding[]> {
  const findings = await Promise.all([
    checked('stacks', redeploy, () => checkStacks(endpoints)),
    checked('deployed sources', redeploy, () => checkFingerprint(endpoints)),
    checked('event source mappings', redeploy, () => checkMappings(endpoints, pipelines)),
  ])
  return findings.flat()
}

async function checkStacks({ aws }: Endpoints): Promise<Finding[]> {
  const client = new CloudFormationClient(awsConfig(aws))
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
    return stackNames.map((name) => {
      const status = Stacks.find(({ StackName }) => StackName === name)?.StackStatus
      if (!status) return problem('stacks', `${name} is not deployed`, redeploy)
      if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return ok('stacks', `${name} is ${status}`)
      if (/_IN_PROGRESS$/.test(status))
        return warning('stacks', `${name} is ${status}`, 'wait for the deployment to end')
      return problem('stacks', `${name} is ${status}`, redeploy)
    })
  } finally {
    client.destroy()
  }
}

async function checkFingerprint(endpoints: Endpoints): Promise<Finding> {
  const deployed = await deployedFingerprint(endpoints)
  if (deployed === null) return problem('deployed sources', 'no deployment has completed', redeploy)
  const [bundled, live] = await Promise.all(
    (['bundled', 'live'] as const).map((sources) => fingerprint(cloneFolder, contextOf(endpoints, sources))),
  )
  if (deployed === bundled) return ok('deployed sources', 'they are those of this clone; the source is the bundled one')
  if (deployed === live) return ok('deployed sources', 'they are those of this clone; the sources are the real ones')
  return warning('deployed sources', 'the sources of this clone have changed since they were deployed', redeploy)
}

async function checkMappings({ aws }: Endpoints, pipelines: readonly Pipeline[]): Promise<Finding[]> {
  const client = new SSMClient(awsConfig(aws))
  try {
    const found = new Map((await readMappings(client)).map((each) => [each.id, each]))
    return pipelines.flatMap(stageMappings).map(({ id }) => mappingFinding(id, found.get(id)))
  } finally {
    client.destroy()
  }
}

function mappingFinding(id: string, found: DeployedMapping | undefined): Finding {
  const title = 'event source mappings'
  if (!found) return problem(title, `${id} has no mapping: nothing starts it`, redeploy)
  if (!found.mapping) return problem(title, found.problem ?? `${id} is refused`, redeploy)
  if (found.wanted ?? found.mapping.enabled) return ok(title, `${id} is there and valid`)
  return warning(title, `${id} is disabled: its records wait`, `npm run sluice -- event-sources enable ${id}`)
}
