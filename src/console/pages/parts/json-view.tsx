/**
 * A decoded value as fields and values. Everything is text: nothing of a record is ever markup.
 */
import type { ComponentChildren } from 'preact'

/** A value; `masked` are the paths that hold no data but the mask. */
export function JsonView({ value, masked = [] }: { value: unknown; masked?: readonly string[] }) {
  return <pre class="json">{shown(value, '', 0, new Set(masked))}</pre>
}

function shown(value: unknown, path: string, depth: number, masked: ReadonlySet<string>): ComponentChildren {
  const pad = '  '.repeat(depth + 1)
  if (masked.has(path)) return <span class="json-masked">{String(value)}</span>
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return [
      '[\n',
      ...value.map((item, at) => [
        pad,
        shown(item, `${path}[]`, depth + 1, masked),
        at < value.length - 1 ? ',\n' : '\n',
      ]),
      '  '.repeat(depth),
      ']',
    ]
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (entries.length === 0) return '{}'
    return [
      '{\n',
      ...entries.map(([name, inner], at) => [
        pad,
        <span key={name} class="json-name">
          {JSON.stringify(name)}
        </span>,
        ': ',
        shown(inner, path === '' ? name : `${path}.${name}`, depth + 1, masked),
        at < entries.length - 1 ? ',\n' : '\n',
      ]),
      '  '.repeat(depth),
      '}',
    ]
  }
  return <span class={`json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
}
