import { useMemo } from 'react'
import { Link } from 'react-router'
import { type Input, useAsk, usePages } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { useFilters } from '../../../web/kit/filters.ts'
import type { Severity } from '../../../web/kit/labels.ts'
import { type Mention, MentionText } from '../../../web/kit/MentionText.tsx'
import { useMinute } from '../../../web/kit/now.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { sinceOf } from '../../../web/kit/period.ts'
import { Empty } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { CategoryTag, SentimentTag, SeverityTag, TriageTag } from '../../../web/kit/tags.tsx'
import { type FoundCase, useCasesOf } from './cases-of.ts'
import { StreamFilters, streamDefaults } from './StreamFilters.tsx'

type Filter = Input<'monitoring.count_mentions'>

/** Everything said about the units a person may see, newest first, live. */
export default function StreamPage() {
  const { t, language } = useText()
  const { filters, set, clear, active } = useFilters(streamDefaults)
  const filter = useMemo(() => filterOf(filters), [filters])
  const listed = usePages('monitoring.list_mentions', filter)
  const counted = useAsk('monitoring.count_mentions', filter, { keep: true })
  const now = useMinute()
  const lists = useMemo(() => listed.pages?.map((page) => page.mentions), [listed.pages])
  const rows = useMemo(() => lists?.flat(), [lists])
  const cases = useCasesOf(lists)
  const count = counted.data?.count.toLocaleString(language) ?? ''

  const columns: Column<Mention>[] = [
    {
      key: 'severity',
      title: t('common:severity.label'),
      width: 104,
      card: 'foot',
      render: (row) => <SeverityTag level={row.severity as Severity} />,
    },
    {
      key: 'content',
      title: t('monitoring:stream.content'),
      card: 'head',
      render: (row) => <MentionText mention={row} search={filters.search} aside={<CaseMark found={cases.get(row.id)} />} />,
    },
    {
      key: 'judgement',
      title: t('monitoring:stream.judgement'),
      width: 190,
      card: 'foot',
      render: (row) => (
        <span className="row row-tight">
          <SentimentTag value={row.sentiment} />
          <CategoryTag value={row.category} />
          {row.sentiment === 'negative' && row.triage !== 'none' ? <TriageTag value={row.triage} /> : null}
        </span>
      ),
    },
    {
      key: 'heat',
      title: t('monitoring:stream.heat'),
      width: 56,
      align: 'end',
      card: 'none',
      render: (row) => (
        <span className={row.heat > 1 ? 'num' : 'num quiet'} title={t('monitoring:stream.heat_hint', { count: row.heat })}>
          {row.heat}
        </span>
      ),
    },
    {
      key: 'at',
      title: t('monitoring:stream.published'),
      width: 112,
      align: 'end',
      card: 'foot',
      render: (row) => <TimeAgo at={row.publishedAt} className="soft" />,
    },
  ]
  return (
    <Page
      title={t('monitoring:stream.title')}
      aside={
        <span className="quiet num" aria-live="polite">
          {counted.data ? t(counted.data.bounded ? 'monitoring:stream.count_more' : 'monitoring:stream.count', { count }) : ''}
        </span>
      }
    >
      <StreamFilters filters={filters} set={set} clear={clear} active={active} />
      <Panel flush>
        <DataTable
          label={t('monitoring:stream.title')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          to={(row) => `/monitoring/${row.id}`}
          mark={(row) => (row.severity >= 4 ? 'burning' : now - Date.parse(row.takenInAt) < 20_000 ? 'fresh' : undefined)}
          error={listed.error}
          onRetry={listed.retry}
          stale={listed.stale}
          more={listed.more}
          empty={
            active > 0 ? (
              <Empty title={t('monitoring:stream.empty')} hint={t('monitoring:stream.empty_hint')} />
            ) : (
              <Empty title={t('monitoring:stream.empty_new')} hint={t('monitoring:stream.empty_new_hint')} />
            )
          }
        />
      </Panel>
    </Page>
  )
}

/** A post that somebody is at work on. */
function CaseMark({ found }: { found: FoundCase | undefined }) {
  const { t } = useText()
  if (!found) return null
  return (
    <Link to={`/response/${found.id}`} className="nowrap">
      {t('monitoring:stream.in_case', { id: found.id, state: t(`response:state.${found.state}`) })}
    </Link>
  )
}

/** The filter of the address as the server reads it. A chosen stretch of time is narrower than a period and replaces it. */
function filterOf(filters: { [K in keyof typeof streamDefaults]: string }): Filter {
  const { search, unitId, sentiment, category, platform, minSeverity, triage, ruleId, since, until, period } = filters
  const from = since || until ? since : sinceOf(period)
  return {
    ...(search && { search }),
    ...(unitId && { unitId: Number(unitId) }),
    ...(sentiment && { sentiment: sentiment as NonNullable<Filter['sentiment']> }),
    ...(category && { category: category as NonNullable<Filter['category']> }),
    ...(platform && { platform }),
    ...(minSeverity && { minSeverity: Number(minSeverity) }),
    ...(triage && { triage: triage as NonNullable<Filter['triage']> }),
    ...(ruleId && { ruleId: Number(ruleId) }),
    ...(from && { since: from }),
    ...(until && { until }),
  }
}
