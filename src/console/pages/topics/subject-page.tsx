/**
 * A subject: its versions, what each changed, and the difference between any two.
 */
import { useLocation, useRoute } from 'preact-iso'
import type { SubjectVersion } from '../../../operations/topics/subjects.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { many } from '../format.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Answered } from '../parts/states.tsx'
import { lineDiff } from './line-diff.ts'

/** The page. */
export function SubjectPage() {
  const { params } = useRoute()
  const subject = params.subject ?? ''
  const answer = useAnswer(`subject ${subject}`, () => answered(api.subjects[':subject'].$get({ param: { subject } })))
  return (
    <>
      <PageHead
        title={subject}
        up={['/topics', 'Topics']}
        lead={answer.value ? many(answer.value.length, 'version') : undefined}
      />
      <Answered answer={answer} what="versions">
        {(versions) => <Versions versions={versions} />}
      </Answered>
    </>
  )
}

function Versions({ versions }: { versions: readonly SubjectVersion[] }) {
  const { query, path, route } = useLocation()
  const latest = versions.length
  const to = numberIn(query.version, latest)
  const from = numberIn(query.against, Math.max(1, to - 1))
  const [left, right] = [versions[from - 1], versions[to - 1]]
  const choose = (version: number, against: number) => route(`${path}?version=${version}&against=${against}`)
  if (!left || !right) return null
  return (
    <>
      <ol class="versions">
        {versions.toReversed().map((version) => (
          <li key={version.version}>
            <a href={`${path}?version=${version.version}`} aria-current={version.version === to ? 'true' : undefined}>
              Version {version.version}
            </a>{' '}
            <span class="faint">{changesOf(version)}</span>
            {version.breaking.map((sentence) => (
              <p key={sentence} class="is-bad">
                {sentence}
              </p>
            ))}
          </li>
        ))}
      </ol>
      <div class="records-head">
        <h2>{from === to ? `Version ${to}` : `From version ${from} to ${to}`}</h2>
        {latest > 1 && (
          <label class="inline">
            <span>Compare with</span>
            <select value={from} onChange={({ currentTarget }) => choose(to, Number(currentTarget.value))}>
              {versions.map(({ version }) => (
                <option key={version} value={version}>
                  {version === to ? 'itself' : `version ${version}`}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <pre class="json diff">
        {lineDiff(JSON.stringify(left.schema, null, 2), JSON.stringify(right.schema, null, 2)).map(
          ({ kind, text }, at) => (
            <span key={at} class={`diff-${kind}`}>
              {kind === 'added' ? '+ ' : kind === 'removed' ? '− ' : '  '}
              {text}
              {'\n'}
            </span>
          ),
        )}
      </pre>
    </>
  )
}

function numberIn(text: string | undefined, usual: number): number {
  const number = Number(text)
  return Number.isInteger(number) && number > 0 ? number : usual
}

function changesOf({ version, fields, added, removed, changed }: SubjectVersion): string {
  if (version === 1) return many(fields.length, 'field')
  const words = [
    added.length > 0 ? `added ${added.join(', ')}` : '',
    removed.length > 0 ? `removed ${removed.join(', ')}` : '',
    changed.length > 0 ? `changed ${changed.join(', ')}` : '',
  ]
  return words.filter(Boolean).join('; ') || 'the same fields'
}
