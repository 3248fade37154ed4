import { useState } from 'react'
import { Link } from 'react-router'
import { type Output, useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Figure } from '../../../web/kit/Figure.tsx'
import { FilterSwitch } from '../../../web/kit/FilterSwitch.tsx'
import type { Severity } from '../../../web/kit/labels.ts'
import { MentionText } from '../../../web/kit/MentionText.tsx'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, Empty, ErrorState, Loading } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { SentimentTag, SeverityTag } from '../../../web/kit/tags.tsx'
import { clockOf } from '../../../web/kit/time.ts'
import { CaseTable } from './CaseTable.tsx'
import { RankingPanel } from './RankingPanel.tsx'
import { SharesPanel, TrendPanel } from './TrendPanels.tsx'

type Overview = Output<'response.get_overview'>
export const spans = ['today', '7d', '30d'] as const
export type Span = (typeof spans)[number]
const daysOf: Record<Span, number> = { today: 1, '7d': 7, '30d': 30 }

/** One page, ten seconds: what burns, what runs out of time, what is new; then how it moves and where. */
export default function OverviewPage() {
  const { t } = useText()
  const [span, setSpan] = useState<Span>('7d')
  const asked = useAsk('response.get_overview', { days: daysOf[span] }, { keep: true, refetchMs: 60_000 })
  const overview = asked.data
  const shown = overview?.mentionsShown !== false
  return (
    <Page
      title={t('response:overview.title')}
      aside={overview ? <AsOf at={overview.asOf} /> : undefined}
      actions={
        <FilterSwitch
          label={t('response:overview.period')}
          value={span}
          options={spans.map((value) => ({ value, label: t(`response:overview.${value}`) }))}
          onChange={(value) => setSpan(value as Span)}
        />
      }
    >
      {asked.error && !overview ? (
        <Panel flush>
          <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
        </Panel>
      ) : (
        <div data-ready={overview ? 'overview' : undefined}>
          <Figures overview={overview} />
          <div className={shown ? 'grid grid-main unfolding' : 'grid'}>
            <div>
              <Panel
                title={t('response:overview.urgent')}
                aside={<Link to="/response?order=due">{t('response:overview.urgent_all')}</Link>}
                flush
              >
                <CaseTable
                  label={t('response:overview.urgent')}
                  rows={overview?.urgent}
                  short
                  empty={<Empty title={t('response:overview.urgent_empty')} hint={t('response:overview.urgent_empty_hint')} />}
                />
              </Panel>
              {shown ? <TrendPanel span={span} /> : null}
            </div>
            {shown ? (
              <div>
                <Panel
                  title={t('response:overview.latest')}
                  aside={<Link to="/monitoring">{t('response:overview.latest_all')}</Link>}
                  flush
                  className="second"
                >
                  <Answer of={asked} loading={<Loading rows={9} />}>
                    {(data) => <Latest mentions={data.latest} />}
                  </Answer>
                </Panel>
                <SharesPanel span={span} />
              </div>
            ) : null}
          </div>
          {overview ? <RankingPanel rows={overview.ranking} since={overview.since} /> : null}
        </div>
      )}
    </Page>
  )
}

function AsOf({ at }: { at: string }) {
  const { t } = useText()
  const clock = clockOf(new Date(at))
  return <span className="quiet num small">{t('response:overview.as_of', { time: `${clock.hour}:${clock.minute}` })}</span>
}

function Figures({ overview: o }: { overview: Overview | undefined }) {
  const { t } = useText()
  const today = o ? `since=${encodeURIComponent(o.today)}` : 'period=today'
  return (
    <div className="figures">
      <Figure
        label={t('response:overview.burning')}
        value={o?.burning}
        tone="burn"
        to="/response?figure=burning"
        hint={t('response:overview.burning_hint')}
      />
      <Figure
        label={t('response:overview.overdue')}
        value={o?.overdue}
        tone="burn"
        to="/response?figure=overdue"
        hint={t('response:overview.overdue_hint')}
      />
      <Figure
        label={t('response:overview.due_soon')}
        value={o?.dueSoon}
        tone="warn"
        to="/response?figure=due_soon"
        hint={t('response:overview.due_soon_hint')}
      />
      <Figure
        label={t('response:overview.unacknowledged')}
        value={o?.unacknowledged}
        tone="warn"
        to="/response?figure=unacknowledged"
        hint={t('response:overview.unacknowledged_hint')}
      />
      <Figure
        label={t('response:overview.handling')}
        value={o?.handling}
        to="/response?figure=handling"
        hint={
          o ? (
            <>
              <Link to="/response?figure=answered_today">
                {t('response:overview.answered_today', { count: o.answeredToday })}
              </Link>{' '}
              <Link to="/response?figure=closed_today">{t('response:overview.closed_today', { count: o.closedToday })}</Link>
            </>
          ) : (
            ''
          )
        }
      />
      {o?.mentionsShown === false ? null : (
        <Figure
          label={t('response:overview.mentions_today')}
          value={o?.mentionsToday}
          to={`/monitoring?${today}`}
          hint={
            o ? (
              <Link to={`/monitoring?${today}&sentiment=negative`}>
                {t('response:overview.mentions_hint', { count: o.negativeToday })}
              </Link>
            ) : (
              ''
            )
          }
        />
      )}
    </div>
  )
}

function Latest({ mentions }: { mentions: Overview['latest'] }) {
  const { t } = useText()
  if (mentions.length === 0)
    return <Empty title={t('monitoring:stream.empty_new')} hint={t('monitoring:stream.empty_new_hint')} />
  return (
    <ul className="lines latest">
      {mentions.slice(0, 6).map((mention) => (
        <li key={mention.id}>
          <MentionText
            mention={mention}
            aside={
              <span className="row row-tight push">
                {mention.severity > 1 ? (
                  <SeverityTag level={mention.severity as Severity} bare />
                ) : (
                  <SentimentTag value={mention.sentiment} />
                )}
                <TimeAgo at={mention.publishedAt} />
              </span>
            }
          />
        </li>
      ))}
    </ul>
  )
}
