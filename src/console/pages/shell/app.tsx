/**
 * The shell around every page, and which page a path shows.
 */

import { useEffect, useState } from 'preact/hooks'
import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from 'preact-iso'
import { DeadLettersPage } from '../dead-letters/dead-letters-page.tsx'
import { EventSourcePage } from '../event-sources/event-source-page.tsx'
import { EventSourcesPage } from '../event-sources/event-sources-page.tsx'
import { FlowPage } from '../flow/flow-page.tsx'
import { JobPage } from '../jobs/job-page.tsx'
import { JobsPage } from '../jobs/jobs-page.tsx'
import { Nothing } from '../parts/states.tsx'
import { RunPage } from '../runs/run-page.tsx'
import { RunsPage } from '../runs/runs-page.tsx'
import { TablesPage } from '../tables/tables-page.tsx'
import { SubjectPage } from '../topics/subject-page.tsx'
import { TopicPage } from '../topics/topic-page.tsx'
import { TopicsPage } from '../topics/topics-page.tsx'
import { TracePage } from '../trace/trace-page.tsx'
import { LiveState } from './live-state.tsx'
import { Navigation } from './navigation.tsx'
import { Search } from './search.tsx'
import { useSession } from './session.ts'

/** The whole console. */
export function App() {
  return (
    <LocationProvider>
      <Shell />
    </LocationProvider>
  )
}

function Shell() {
  const [isSearching, setSearching] = useState(false)
  const { path } = useLocation()
  const session = useSession()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setSearching(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  useEffect(() => setSearching(false), [path])
  return (
    <div class="shell">
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <Navigation path={path} environment={session?.environment ?? ''} onSearch={() => setSearching(true)} />
      <div class="stage">
        <LiveState />
        <main id="page" tabIndex={-1}>
          <ErrorBoundary>
            <Router>
              <Route path="/" component={FlowPage} />
              <Route path="/runs" component={RunsPage} />
              <Route path="/runs/:pipeline" component={RunsPage} />
              <Route path="/runs/:pipeline/:run" component={RunPage} />
              <Route path="/trace" component={TracePage} />
              <Route path="/topics" component={TopicsPage} />
              <Route path="/topics/:topic" component={TopicPage} />
              <Route path="/subjects/:subject" component={SubjectPage} />
              <Route path="/event-sources" component={EventSourcesPage} />
              <Route path="/event-sources/:id" component={EventSourcePage} />
              <Route path="/dead-letters" component={DeadLettersPage} />
              <Route path="/dead-letters/:topic" component={DeadLettersPage} />
              <Route path="/jobs" component={JobsPage} />
              <Route path="/jobs/:job" component={JobPage} />
              <Route path="/tables" component={TablesPage} />
              <Route path="/tables/:table" component={TablesPage} />
              <Route default component={Unknown} />
            </Router>
          </ErrorBoundary>
        </main>
      </div>
      {isSearching && session && <Search names={session.names} onClose={() => setSearching(false)} />}
    </div>
  )
}

function Unknown() {
  return (
    <Nothing title="There is no such page">
      Begin at the <a href="/">flow</a>, or press Ctrl-K and search.
    </Nothing>
  )
}
