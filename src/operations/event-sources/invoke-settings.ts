/**
 * Settings of pollers that invoke functions through the API of an emulator on this machine.
 */
import { availableParallelism } from 'node:os'
import { defaultSettings, type PollerSettings } from '../../event-source/settings.ts'

/** No more invocations at once than the machine can run. */
export const invokeSettings: Partial<PollerSettings> = {
  maxConcurrentInvocations: Math.min(defaultSettings.maxConcurrentInvocations, availableParallelism()),
}
