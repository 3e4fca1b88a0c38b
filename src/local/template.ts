/**
 * Renders the services' configuration files from jvm/.
 */

/** Replaces each `${name}`; fails on a name without a value. */
export function render(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`a configuration template asks for "${name}", which has no value`)
    return String(value)
  })
}
