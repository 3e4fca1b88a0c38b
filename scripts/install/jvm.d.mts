export function verify(folder: string, list?: string): number
