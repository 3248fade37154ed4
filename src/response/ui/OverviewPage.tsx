import { useState } from 'react'
import { Link } from 'react-router'
import { type Output, useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { CountLink, Figure } from '../../../web/kit/Figure.tsx'
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
                aside={<Link to="/response">{t('response:overview.urgent_all')}</Link>}
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

type Turn = Overview['mine']
const figures = [
  ['burning', 'burning', 'burn'],
  ['overdue', 'overdue', 'burn'],
  ['unacknowledged', 'unacknowledged', 'warn'],
  ['due_soon', 'dueSoon', 'warn'],
  ['handling', 'handling', 'calm'],
  ['answered', 'answered', 'calm'],
] as const

/** What waits for this person, each case in one figure (crises are counted across them), then what others are at work on. */
function Figures({ overview: o }: { overview: Overview | undefined }) {
  const { t } = useText()
  const today = o ? `since=${encodeURIComponent(o.today)}` : 'period=today'
  const own = o?.handles !== false
  const turn: Turn | undefined = own ? o?.mine : o
  const whose = own ? '&whose=mine' : ''
  const hint = (figure: (typeof figures)[number][0]) =>
    figure !== 'answered' ? (
      t(`response:overview.${figure}_hint`)
    ) : o ? (
      <>
        <Link to="/response?figure=answered_today">{t('response:overview.answered_today', { count: o.answeredToday })}</Link>{' '}
        <Link to="/response?figure=closed_today">{t('response:overview.closed_today', { count: o.closedToday })}</Link>
      </>
    ) : (
      ''
    )
  return (
    <section className="figures-block" aria-label={t(own ? 'response:whose.mine' : 'response:overview.all_cases')}>
      <h2 className="figures-head">
        {t(own ? 'response:whose.mine' : 'response:overview.all_cases')}{' '}
        {turn ? <CountLink value={turn.open} to={own ? '/response?whose=mine' : '/response'} /> : null}
        {o && own ? <Others label={t('response:whose.below')} turn={o.below} /> : null}
      </h2>
      <div className="figures">
        {figures.map(([figure, field, tone]) => (
          <Figure
            key={figure}
            label={t(`response:overview.${figure}`)}
            value={turn?.[field]}
            tone={tone}
            to={`/response?figure=${figure}${whose}`}
            hint={hint(figure)}
          />
        ))}
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
    </section>
  )
}

/** What tiers below are at work on: known here, and theirs to do. */
function Others({ label, turn }: { label: string; turn: Turn }) {
  const { t } = useText()
  if (turn.open === 0) return null
  return (
    <span className="figures-others">
      {label} <CountLink value={turn.open} to="/response?whose=below" />
      {figures.map(([figure, field]) =>
        turn[field] > 0 ? (
          <Link key={figure} to={`/response?whose=below&figure=${figure}`} className="num">
            {t(`response:overview.${figure}`)} {turn[field]}
          </Link>
        ) : null,
      )}
    </span>
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
