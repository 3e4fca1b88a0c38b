/**
 * Light or dark: the system's, unless the viewer chose.
 */
const key = 'sluice-theme'

/** What a viewer can choose. */
export type Theme = 'system' | 'light' | 'dark'

/** The viewer's choice. */
export function theme(): Theme {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Shows the page in the viewer's choice; stores a new one. */
export function applyTheme(chosen?: Theme): void {
  if (chosen === 'system') localStorage.removeItem(key)
  else if (chosen) localStorage.setItem(key, chosen)
  document.documentElement.dataset.theme = theme()
}
