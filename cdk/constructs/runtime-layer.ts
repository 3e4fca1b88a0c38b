/**
 * The layer of third-party packages that all functions share.
 */
import { resolve } from 'node:path'
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { prebundleLayer } from '../../layers/runtime/prebundle.ts'

const cache = resolve(import.meta.dirname, '../../.sluice/cache')

export class RuntimeLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Third-party packages of all Sluice functions',
      code: Code.fromAsset(prebundleLayer(cache)),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    })
  }
}
