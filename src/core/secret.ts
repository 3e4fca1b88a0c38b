/**
 * Secrets that a pipeline names: the definition holds the name, a function reads the text.
 * Not for reading them: see src/connect/secret.ts.
 */

/** A secret of AWS Secrets Manager by its name. */
export type Secret = { readonly secret: string }

/** Names the secret whose whole text a header has, such as `Bearer …`. */
export function secret(name: string): Secret {
  return { secret: name }
}

/** Names of the secrets among the headers of a source, each once. */
export function secretNames(headers: Readonly<Record<string, string | Secret>> = {}): string[] {
  const names = Object.values(headers).flatMap((value) => (typeof value === 'string' ? [] : [value.secret]))
  return [...new Set(names)]
}
