import { useState } from 'react'
import { useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'

/** What was refused, cut or supposed of what a source brought: how many of each kind, and the latest of them. */
export function SourceProblems({ sourceId }: { sourceId: number }) {
  const { t, say } = useText()
  const [code, setCode] = useState<string>()
  const asked = useAsk('monitoring.list_problems', { sourceId, ...(code !== undefined && { code }) }, { keep: true })
  return (
    <section className="stack" aria-label={t('monitoring:sources.problems')}>
      <h3>{t('monitoring:sources.problems')}</h3>
      <ErrorLine error={asked.error} />
      {asked.data?.counts.length === 0 ? <p className="quiet">{t('monitoring:sources.no_problems')}</p> : null}
      <ul className="faults">
        {asked.data?.counts.map((kind) => (
          <li key={kind.code}>
            <button
              type="button"
              className="link-button"
              aria-pressed={code === kind.code}
              onClick={() => setCode(code === kind.code ? undefined : kind.code)}
            >
              <span className="num">{kind.total.toLocaleString()}</span> · {say(kind)}
            </button>
          </li>
        ))}
      </ul>
      {asked.data && asked.data.problems.length > 0 ? (
        <>
          <p className="quiet small">{t('monitoring:sources.problems_latest', { count: asked.data.problems.length })}</p>
          <ul className="faults">
            {asked.data.problems.map((problem) => (
              <li key={problem.id}>
                <TimeAgo at={problem.lastAt} /> · {say(problem)}
                {problem.item ? <code className="quiet clip"> {problem.item}</code> : null}
                {problem.detail ? <span className="quiet"> “{problem.detail}”</span> : null}
                {problem.times > 1 ? <span className="quiet num"> × {problem.times}</span> : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  )
}
