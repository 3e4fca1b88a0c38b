/**
 * What a worker needs to know of a deployed function: where its code lies, how it is configured.
 * Not for getting it: see deployed-functions.ts.
 */

/** A function as deployed, its code and layers unpacked. */
export type FunctionPackage = {
  readonly functionName: string
  /** With the version where it was asked for with one. */
  readonly functionArn: string
  readonly version: string
  /** Differs whenever code or configuration do. */
  readonly revision: string
  /** Absolute; what is /var/task on Lambda. */
  readonly codeFolder: string
  /** Absolute, in order of preference; what the layers contribute to NODE_PATH. */
  readonly moduleFolders: readonly string[]
  /** `file.export`, the file relative to the code folder. */
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly logGroupName: string
}

/** Where functions come from. */
export type FunctionSource = {
  /** The function as deployed now. Fails with INVOKE_FAILED; null when there is none of that name. */
  find(functionName: string): Promise<FunctionPackage | null>
  /** Whether the function is still deployed as in this package. Fails with INVOKE_FAILED when that cannot be known. */
  isCurrent(function_: FunctionPackage): Promise<boolean>
  /** Removes what was unpacked. */
  close(): Promise<void>
}
