/**
 * The schema registry: one of AWS Glue. Its schemas are registered by the custom resource of topics and subjects.
 */
import { CfnRegistry } from 'aws-cdk-lib/aws-glue'
import { type App, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { AwsSettings } from '../aws-settings.ts'

export type RegistryStackProps = StackProps & { readonly settings: AwsSettings }

export class RegistryStack extends Stack {
  readonly registryName: string

  constructor(app: App, id: string, { settings, ...props }: RegistryStackProps) {
    super(app, id, { description: 'Sluice: schema registry', ...props })
    this.registryName = `sluice-${settings.stage}`
    const registry = new CfnRegistry(this, 'Registry', {
      name: this.registryName,
      description: 'Schemas of the topics of Sluice',
    })
    // Records name the versions of their schemas: they can be read as long as the registry is there.
    registry.applyRemovalPolicy(settings.data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)
  }
}
