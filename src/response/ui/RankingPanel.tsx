import type { Output } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { CountLink } from '../../../web/kit/Figure.tsx'
import { Panel } from '../../../web/kit/Page.tsx'

type Ranked = Output<'response.get_overview'>['ranking'][number]

/** Branches side by side for those who look after several; one's own figures for a branch. */
export function RankingPanel({ rows, since }: { rows: readonly Ranked[]; since: string }) {
  const { t } = useText()
  const most = Math.max(1, ...rows.map((row) => row.mentions))
  const query = `since=${encodeURIComponent(since)}`
  const columns: Column<Ranked>[] = [
    {
      key: 'unit',
      title: t('response:overview.ranking_unit'),
      width: 180,
      card: 'head',
      render: (row) => <span className="row-link">{row.unit.name}</span>,
    },
    {
      key: 'bar',
      title: t('response:overview.ranking_bar'),
      card: 'none',
      render: (row) => (
        <span className="ranking-track in-cell" aria-hidden="true">
          <i style={{ width: `${(row.mentions / most) * 100}%`, background: 'var(--series-3)' }} />
          <i style={{ width: `${(row.negative / most) * 100}%`, background: 'var(--negative)' }} />
        </span>
      ),
    },
    {
      key: 'mentions',
      title: t('response:overview.ranking_mentions'),
      width: 84,
      align: 'end',
      card: 'pair',
      render: (row) => <CountLink value={row.mentions} to={`/monitoring?${query}&unitId=${row.unit.id}`} />,
    },
    {
      key: 'negative',
      title: t('response:overview.ranking_negative'),
      width: 84,
      align: 'end',
      card: 'pair',
      render: (row) => <CountLink value={row.negative} to={`/monitoring?${query}&unitId=${row.unit.id}&sentiment=negative`} />,
    },
    {
      key: 'open',
      title: t('response:overview.ranking_open'),
      width: 84,
      align: 'end',
      card: 'pair',
      render: (row) => <CountLink value={row.open} to={`/response?figure=open&unitId=${row.unit.id}`} />,
    },
    {
      key: 'overdue',
      title: t('response:overview.ranking_overdue'),
      width: 76,
      align: 'end',
      card: 'pair',
      render: (row) => (
        <span className={row.overdue > 0 ? 'burn-text' : ''}>
          <CountLink value={row.overdue} to={`/response?figure=overdue&unitId=${row.unit.id}`} />
        </span>
      ),
    },
    {
      key: 'median',
      title: t('response:overview.ranking_median'),
      width: 104,
      align: 'end',
      card: 'pair',
      render: (row) =>
        row.medianAcknowledgeMinutes === null ? (
          <span className="quiet">–</span>
        ) : (
          <span className="num">
            {t('response:overview.minutes', { count: Math.round(row.medianAcknowledgeMinutes * 10) / 10 })}
          </span>
        ),
    },
  ]
  if (rows.length === 0) return null
  const title = t(rows.length === 1 ? 'response:overview.ranking_one' : 'response:overview.ranking')
  return (
    <Panel title={title} flush>
      <DataTable label={title} columns={columns} rows={rows} rowKey={(row) => row.unit.id} />
    </Panel>
  )
}
