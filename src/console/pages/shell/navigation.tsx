/**
 * The way to the pages: a rail on wide screens, a bar on narrow ones.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { applyTheme, type Theme, theme } from './theme.ts'

const pages = [
  ['/', 'Flow'],
  ['/runs', 'Runs'],
  ['/topics', 'Topics'],
  ['/event-sources', 'Event sources'],
  ['/dead-letters', 'Dead letters'],
  ['/tables', 'Tables'],
  ['/jobs', 'Jobs'],
  ['/trace', 'Trace'],
] as const

const themes: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

/** The navigation. */
export function Navigation(props: { path: string; environment: string; onSearch: () => void }) {
  const { path, environment, onSearch } = props
  const [chosen, setChosen] = useState(theme())
  const links = useRef<HTMLElement>(null)
  // On a narrow screen the bar scrolls.
  useEffect(() => {
    links.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  const isCurrent = (to: string) => (to === '/' ? path === '/' : path.startsWith(to))
  const next = () => {
    applyTheme(themes[chosen])
    setChosen(themes[chosen])
  }
  return (
    <header class="rail">
      <a class="mark" href="/" aria-label="Sluice, flow">
        <span class="gate" aria-hidden="true" />
        Sluice
      </a>
      <button type="button" class="search-button" onClick={onSearch}>
        <span>Search</span>
        <kbd>Ctrl K</kbd>
      </button>
      <nav aria-label="Pages" ref={links}>
        {pages.map(([to, name]) => (
          <a key={to} href={to} aria-current={isCurrent(to) ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <div class="rail-foot">
        <span class="environment">{environment && `environment ${environment}`}</span>
        <button type="button" class="quiet" onClick={next} aria-label={`Theme: ${themeNames[chosen]}. Change it`}>
          {themeNames[chosen]}
        </button>
      </div>
    </header>
  )
}
