/**
 * The environment variables of a function in a worker: its own and those that Lambda sets, none of this process.
 * Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
 */
import { delimiter } from 'node:path'
import type { FunctionPackage } from './function-package.ts'

/** All variables; those of the function win over `shared`, which says region, credentials and endpoint. */
export function workerEnvironment(
  function_: FunctionPackage,
  logStreamName: string,
  shared: Readonly<Record<string, string>>,
): Record<string, string> {
  const { functionName, version, codeFolder, moduleFolders, handler, environment, memoryMb, logGroupName } = function_
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    ...shared,
    ...environment,
    NODE_PATH: [...moduleFolders, codeFolder].join(delimiter),
    LAMBDA_TASK_ROOT: codeFolder,
    _HANDLER: handler,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  }
}
