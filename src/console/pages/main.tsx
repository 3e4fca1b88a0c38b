/**
 * Where the pages begin.
 */
import './styles/base.css'
import './styles/parts.css'
import './styles/shell.css'
import './styles/flow.css'
import './styles/pages.css'
import './styles/runs.css'
import './styles/jobs.css'
import { render } from 'preact'
import { App } from './shell/app.tsx'
import { applyTheme } from './shell/theme.ts'

applyTheme()
const root = document.getElementById('console')
if (root) render(<App />, root)
