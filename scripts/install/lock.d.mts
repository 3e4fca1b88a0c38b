export function withLock<T>(path: string, report: (line: string) => void, work: () => Promise<T>): Promise<T>
