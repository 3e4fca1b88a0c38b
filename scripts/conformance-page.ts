/**
 * Writes docs/event-source-conformance.md from the conformance cases and the results of their last run.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cases } from '../tests/conformance/cases.ts'
import { pageFile, renderPage, resultsFile } from '../tests/conformance/page.ts'

const passed = new Set(JSON.parse(readFileSync(resultsFile, 'utf8')) as string[])
writeFileSync(pageFile, renderPage(cases, passed))
