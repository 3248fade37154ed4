import { useMemo } from 'react'
import { useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Rank, Ranking, ShareBar } from '../../../web/kit/bars.tsx'
import { sentiments } from '../../../web/kit/labels.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { dayStart, sinceOf, stepAfter } from '../../../web/kit/period.ts'
import { Answer, Loading } from '../../../web/kit/states.tsx'
import { type Series, TrendChart } from '../../../web/kit/TrendChart.tsx'
import { usePlatformName } from '../../../web/kit/tags.tsx'
import { clockOf } from '../../../web/kit/time.ts'
import type { Span } from './OverviewPage.tsx'

const chartHeight = 290

/** The stretch that a span stands for: today by the hour, else whole days up to tomorrow's midnight. */
function useTrend(span: Span) {
  const grain = span === 'today' ? ('hour' as const) : ('day' as const)
  const since = sinceOf(span) ?? dayStart()
  const until = dayStart(-1)
  const trend = useAsk('monitoring.get_trend', { since, until, grain }, { keep: true })
  return { trend, grain, since, until }
}

/** How much was said, and in what mood. Each bar leads to its mentions. */
export function TrendPanel({ span }: { span: Span }) {
  const { t } = useText()
  const { trend, grain, since } = useTrend(span)
  const points = useMemo(() => (trend.data ?? []).map((bucket) => pointName(bucket.at, grain)), [trend.data, grain])
  const series: Series[] = useMemo(
    () =>
      sentiments.map((name) => ({
        name: t(`common:sentiment.${name}`),
        colour: name,
        values: (trend.data ?? []).map((bucket) => bucket[name]),
      })),
    [trend.data, t],
  )
  const pointTo = (index: number) => {
    const at = trend.data?.[index]?.at ?? since
    return `/monitoring?since=${encodeURIComponent(at)}&until=${encodeURIComponent(stepAfter(at, grain))}`
  }
  return (
    <Panel title={t('response:overview.trend')} className="third">
      <Answer of={trend} loading={<Loading rows={7} height={chartHeight + 20} />}>
        {() => (
          <TrendChart
            label={t('response:overview.trend_label', { period: t(`response:overview.${span}`) })}
            points={points}
            series={series}
            height={chartHeight}
            to={pointTo}
          />
        )}
      </Answer>
    </Panel>
  )
}

/** The moods and the platforms of the same stretch, each with its rows. */
export function SharesPanel({ span }: { span: Span }) {
  const { t } = useText()
  const platform = usePlatformName()
  const { trend, since, until } = useTrend(span)
  const shares = useAsk('monitoring.get_shares', { by: 'platform', since, until }, { keep: true })
  const total = (name: (typeof sentiments)[number]) => (trend.data ?? []).reduce((sum, bucket) => sum + bucket[name], 0)
  const query = `period=${span}`
  const rows: Rank[] = (shares.data ?? []).slice(0, 8).map((share) => ({
    key: share.key,
    name: platform(share.key),
    value: share.total,
    part: share.negative,
    to: `/monitoring?${query}&platform=${encodeURIComponent(share.key)}`,
  }))
  return (
    <Panel title={t('response:overview.sentiment')} className="fourth">
      <Answer of={trend} loading={<Loading rows={3} />}>
        {() => (
          <ShareBar
            label={t('response:overview.sentiment')}
            parts={sentiments.map((name) => ({
              key: name,
              name: t(`common:sentiment.${name}`),
              value: total(name),
              colour: name,
              to: `/monitoring?${query}&sentiment=${name}`,
            }))}
          />
        )}
      </Answer>
      <h3 className="sub-head">{t('response:overview.platforms')}</h3>
      <Answer of={shares} loading={<Loading rows={5} />}>
        {() => <Ranking label={t('response:overview.platforms')} rows={rows} partName={t('common:sentiment.negative')} />}
      </Answer>
    </Panel>
  )
}

function pointName(at: string, grain: 'hour' | 'day'): string {
  const clock = clockOf(new Date(at))
  return grain === 'hour' ? `${clock.hour}:00` : `${clock.month}-${clock.day}`
}
