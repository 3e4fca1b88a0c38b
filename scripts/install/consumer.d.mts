export const consumerFlags: readonly string[]
export const consumerEnvironment: Readonly<Record<string, string>>
