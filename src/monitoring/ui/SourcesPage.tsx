import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { type Output, useAsk, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Empty, ErrorLine } from '../../../web/kit/states.tsx'
import { ComingTime, TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { DemoTag, StateTag, type Tone, usePlatformName } from '../../../web/kit/tags.tsx'
import { saySpan } from '../../../web/kit/time.ts'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { IntakePanel } from './IntakePanel.tsx'

const SourceEditor = lazy(() => import('./SourceEditor.tsx'))
export type Source = Output<'monitoring.list_sources'>[number]

const tones: Record<Source['state'], Tone> = { healthy: 'done', late: 'new', failing: 'burn', paused: 'off', waiting: 'waiting' }

/** Where mentions come from, how each source is, and when it is asked next. */
export default function SourcesPage() {
  const { t } = useText()
  const me = useMe()
  const asked = useAsk('monitoring.list_sources', {}, { refetchMs: 15_000 })
  const [editing, setEditing] = useState<Source | 'new'>()
  // As it is now, not as it was when it was opened.
  const source = editing === 'new' ? undefined : (asked.data?.find(({ id }) => id === editing?.id) ?? editing)
  const mayManage = me.rights.includes('monitoring.manage_sources')
  return (
    <Page
      title={t('monitoring:sources.title')}
      lead={t('monitoring:sources.lead')}
      actions={
        mayManage ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('monitoring:sources.add')}
          </Button>
        ) : undefined
      }
    >
      <Panel flush>
        <DataTable
          label={t('monitoring:sources.title')}
          columns={useColumns()}
          rows={asked.data}
          rowKey={(source) => source.id}
          onOpen={setEditing}
          mark={(source) => (source.state === 'failing' ? 'burning' : undefined)}
          error={asked.error}
          onRetry={() => void asked.refetch()}
          empty={<Empty title={t('monitoring:sources.empty')} hint={t('monitoring:sources.empty_hint')} />}
        />
      </Panel>
      {me.rights.includes('monitoring.intake') ? <IntakePanel /> : null}
      {editing ? (
        <Suspense>
          <SourceEditor source={source} onClose={() => setEditing(undefined)} />
        </Suspense>
      ) : null}
    </Page>
  )
}

function useColumns(): Column<Source>[] {
  const { t, say } = useText()
  const platform = usePlatformName()
  const moment = (at: string | null) =>
    at ? <TimeAgo at={at} /> : <span className="quiet">{t('monitoring:sources.never')}</span>
  return [
    {
      key: 'state',
      title: t('monitoring:sources.state'),
      width: 104,
      card: 'foot',
      render: (source) => <StateTag tone={tones[source.state]}>{t(`monitoring:sources.${source.state}`)}</StateTag>,
    },
    {
      key: 'name',
      title: t('monitoring:sources.name'),
      card: 'head',
      render: (source) => (
        <>
          <span className="row row-tight">
            <strong className="row-link">{source.name}</strong>
            {source.demo ? <DemoTag /> : null}
          </span>
          {source.url ? <p className="cell-sub clip">{source.url}</p> : null}
          {source.problem ? (
            <p className={source.failures > 0 ? 'source-problem' : 'cell-sub'}>
              {source.failures > 0 ? `${t('monitoring:sources.failures', { count: source.failures })} · ` : ''}
              {say(source.problem)} <code className="quiet">{source.problem.code}</code>
            </p>
          ) : null}
          <UseAddress source={source} />
        </>
      ),
    },
    {
      key: 'kind',
      title: t('monitoring:sources.kind'),
      width: 128,
      card: 'foot',
      render: (source) => (
        <>
          {t(`monitoring:sources.short_${source.kind}`)} <span className="quiet">{platform(source.platform)}</span>
          {source.kind === 'feed' ? (
            <p className="cell-sub num">{t('monitoring:sources.every', { span: saySpan(source.intervalSeconds * 1000, t) })}</p>
          ) : null}
        </>
      ),
    },
    { key: 'unit', title: t('monitoring:sources.unit'), width: 136, card: 'none', render: (source) => source.unit.name },
    {
      key: 'fetched',
      title: t('monitoring:sources.fetched'),
      width: 104,
      align: 'end',
      card: 'pair',
      render: (source) => moment(source.lastFetchedAt ?? source.lastItemAt),
    },
    {
      key: 'next',
      title: t('monitoring:sources.next'),
      width: 104,
      align: 'end',
      card: 'pair',
      render: (source) => (source.nextFetchAt ? <ComingTime at={source.nextFetchAt} /> : '–'),
    },
    {
      key: 'taken',
      title: t('monitoring:sources.taken'),
      width: 196,
      align: 'end',
      card: 'pair',
      render: ({ taken }) => (
        <span className="num">
          {taken.new.toLocaleString()}
          <span className="quiet">
            {' '}
            / {taken.updated.toLocaleString()} / {taken.repeated.toLocaleString()} / {taken.irrelevant.toLocaleString()} /{' '}
          </span>
          {taken.refused.toLocaleString()}
        </span>
      ),
    },
    { key: 'actions', title: '', width: 92, align: 'end', card: 'foot', render: (source) => <FetchNow source={source} /> },
  ]
}

/** A page for people that says where its feed is: one click goes there. */
function UseAddress({ source }: { source: Source }) {
  const { t } = useText()
  const save = useDo('monitoring.save_source', { onDone: () => tell(t('monitoring:sources.address_used')) })
  const { id, name, kind, platform, unit, intervalSeconds, enabled, problem, abilities } = source
  const url = problem?.code === 'feed_elsewhere' ? problem.at : undefined
  if (url === undefined || !abilities.edit) return null
  return (
    <>
      <ConfirmButton
        size="small"
        act={() => save.mutateAsync({ id, name, kind, url, platform, unitId: unit.id, intervalSeconds, enabled })}
      >
        {t('monitoring:sources.use_address')}
      </ConfirmButton>
      <ErrorLine error={save.error} />
    </>
  )
}

function FetchNow({ source }: { source: Source }) {
  const { t } = useText()
  const fetchNow = useDo('monitoring.fetch_source', { onDone: () => tell(t('monitoring:sources.fetching')) })
  if (source.kind !== 'feed' || !source.abilities.edit || !source.enabled) return null
  return (
    <>
      <ConfirmButton size="small" act={() => fetchNow.mutateAsync({ id: source.id })}>
        {t('monitoring:sources.fetch')}
      </ConfirmButton>
      <ErrorLine error={fetchNow.error} />
    </>
  )
}
