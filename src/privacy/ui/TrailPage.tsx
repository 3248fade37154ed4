import { CloseOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import { type Input, useAsk, usePages } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { FilterBar, FilterOne } from '../../../web/kit/FilterBar.tsx'
import { FilterSwitch } from '../../../web/kit/FilterSwitch.tsx'
import { useFilters } from '../../../web/kit/filters.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { dayStart } from '../../../web/kit/period.ts'
import { Answer, Empty, Loading } from '../../../web/kit/states.tsx'
import { type Series, TrendChart } from '../../../web/kit/TrendChart.tsx'
import { StateTag, type Tone } from '../../../web/kit/tags.tsx'
import { exactTime } from '../../../web/kit/time.ts'

import { isWord, readSubject, subjectOf, useAskNames } from './ask-names.ts'

type Row = Output<'privacy.list_trail'>['rows'][number]
type Filter = Input<'privacy.list_trail'>
const defaults = { search: '', ask: '', outcome: '', kind: '', personId: '', name: '', subject: '', day: '' }
const outcomes = ['allowed', 'refused', 'failed'] as const
const tones: Record<Row['outcome'], Tone> = { allowed: 'off', refused: 'new', failed: 'burn' }

/** Who asked for what, when, from where, and what became of it. */
export default function TrailPage() {
  const { t } = useText()
  const { filters, set, clear, active } = useFilters(defaults)
  const names = useAskNames()
  const about = useAbout(filters.search, names)
  const input = useMemo(() => ({ ...filterOf(filters), ...(about && { about }) }), [filters, about])
  const asks = useMemo(
    () => [...names].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label)),
    [names],
  )
  const listed = usePages('privacy.list_trail', input)
  const saySubject = useSubject()
  const columns = useColumns(set, names)
  const rows = useMemo(() => listed.pages?.flatMap((page) => page.rows), [listed.pages])
  return (
    <Page title={t('privacy:trail.title')} lead={t('privacy:trail.lead')}>
      <ByDay />
      <div className="after-panel">
        <FilterBar
          search={{ value: filters.search, onChange: (search) => set({ search }), placeholder: t('privacy:trail.search') }}
          active={active - (filters.search ? 1 : 0)}
          onClear={clear}
        >
          <FilterSwitch
            label={t('privacy:trail.kind')}
            value={filters.kind}
            options={[
              { value: '', label: t('privacy:trail.by_people') },
              { value: 'writes', label: t('privacy:trail.writes') },
              { value: 'reads', label: t('privacy:trail.reads') },
              { value: 'all', label: t('privacy:trail.with_background') },
            ]}
            onChange={(kind) => set({ kind })}
          />
          <FilterOne label={t('privacy:trail.ask')} value={filters.ask} options={asks} search onChange={(ask) => set({ ask })} />
          <FilterOne
            label={t('privacy:trail.outcome')}
            value={filters.outcome}
            options={outcomes.map((outcome) => ({ value: outcome, label: t(`privacy:trail.${outcome}`) }))}
            onChange={(outcome) => set({ outcome })}
          />
          {filters.day ? <Chip text={t('privacy:trail.day', { day: filters.day })} onClear={() => set({ day: '' })} /> : null}
          {filters.personId ? (
            <Chip
              text={t('privacy:trail.one_person', { name: filters.name || filters.personId })}
              onClear={() => set({ personId: '', name: '' })}
            />
          ) : null}
          {filters.subject ? (
            <Chip
              text={t('privacy:trail.one_subject', { subject: saySubject(filters.subject) })}
              onClear={() => set({ subject: '' })}
            />
          ) : null}
        </FilterBar>
        <Panel flush>
          <DataTable
            label={t('privacy:trail.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            mark={(row) => (row.outcome === 'allowed' ? undefined : row.outcome === 'failed' ? 'burning' : 'unread')}
            error={listed.error}
            onRetry={listed.retry}
            stale={listed.stale}
            more={listed.more}
            empty={<Empty title={t('privacy:trail.empty')} />}
          />
        </Panel>
      </div>
    </Page>
  )
}

const nobody = { asks: [], personIds: [], subjects: [] }

/** What the words of a search may mean: an action by its name, a person by theirs, a thing by its number. */
function useAbout(search: string, names: ReadonlyMap<string, string>): Filter['about'] {
  const { t } = useText()
  const words = search.trim()
  const subject = subjectOf(words, (thing) => t(`privacy:thing.${thing}`))
  const people = useAsk('access.list_people', { search: words, limit: 50 }, { enabled: words !== '' && !subject, keep: true })
  return useMemo(() => {
    if (words === '') return undefined
    if (subject) return { ...nobody, subjects: [subject] }
    const lower = words.toLowerCase()
    const asks = [...names].filter(([ask, name]) => ask.includes(lower) || name.toLowerCase().includes(lower))
    return {
      ...nobody,
      asks: asks.map(([ask]) => ask).slice(0, 200),
      personIds: (people.data?.people ?? []).map(({ id }) => id),
    }
  }, [words, subject, names, people.data])
}

function useSubject() {
  const { t } = useText()
  return (subject: string) => {
    const found = readSubject(subject)
    return found ? t('privacy:trail.thing', { thing: t(`privacy:thing.${found.thing}`), id: found.id }) : subject
  }
}

function Chip({ text, onClear }: { text: string; onClear: () => void }) {
  const { t } = useText()
  return (
    <button type="button" className="chip" title={t('privacy:trail.clear')} onClick={onClear}>
      {text} <CloseOutlined />
    </button>
  )
}

function ByDay() {
  const { t } = useText()
  const counted = useAsk('privacy.count_trail', { days: dayCount })
  const asked = { ...counted, data: useMemo(() => counted.data && withEmptyDays(counted.data), [counted.data]) }
  const points = useMemo(() => (asked.data ?? []).map(({ day }) => day.slice(5)), [asked.data])
  const series: Series[] = useMemo(
    () =>
      [
        { key: 'failed' as const, colour: 'level-4' as const },
        { key: 'refused' as const, colour: 'warn-mark' as const },
        { key: 'allowed' as const, colour: 'series-3' as const },
      ].map(({ key, colour }) => ({
        name: t(`privacy:trail.${key}`),
        colour,
        values: (asked.data ?? []).map((day) => day[key]),
      })),
    [asked.data, t],
  )
  return (
    <Panel title={t('privacy:trail.by_day')}>
      <Answer of={asked} loading={<Loading rows={4} height={150} />}>
        {(days) => (
          <TrendChart
            label={t('privacy:trail.by_day')}
            points={points}
            series={series}
            height={130}
            to={(index) => `/privacy?day=${days[index]?.day ?? ''}`}
          />
        )}
      </Answer>
    </Panel>
  )
}

const dayCount = 14

/** Days without any request are days too. */
function withEmptyDays(counted: Output<'privacy.count_trail'>): Output<'privacy.count_trail'> {
  return Array.from({ length: dayCount }, (_, index) => {
    const day = dayStart(dayCount - 1 - index).slice(0, 10)
    return counted.find((one) => one.day === day) ?? { day, allowed: 0, refused: 0, failed: 0 }
  })
}

function useColumns(
  set: (change: Partial<{ [K in keyof typeof defaults]: string }>) => void,
  names: ReadonlyMap<string, string>,
): Column<Row>[] {
  const { t } = useText()
  const saySubject = useSubject()
  return [
    {
      key: 'at',
      title: t('privacy:trail.at'),
      width: 158,
      card: 'foot',
      render: (row) => (
        <time className="num" dateTime={row.at}>
          {exactTime(new Date(row.at))}
        </time>
      ),
    },
    {
      key: 'who',
      title: t('privacy:trail.who'),
      width: 96,
      card: 'foot',
      render: (row) => {
        const { personId, person } = row
        if (personId === null)
          return <span className="quiet">{t(isWord(row.ask) ? 'privacy:word.who' : 'privacy:trail.nobody')}</span>
        return (
          <button
            type="button"
            className="link-button"
            title={t('privacy:trail.person_only')}
            onClick={() => set({ personId: String(personId), name: person ?? '' })}
          >
            {person ?? personId}
          </button>
        )
      },
    },
    {
      key: 'unit',
      title: t('privacy:trail.unit'),
      width: 150,
      card: 'foot',
      render: (row) => <span className="soft">{row.unit ?? '–'}</span>,
    },
    {
      key: 'ask',
      title: t('privacy:trail.ask'),
      card: 'head',
      render: (row) => (
        <>
          <span className="row row-tight">
            {names.get(row.ask) ?? row.ask}
            {row.writes ? <span className="tag">{t('privacy:trail.writes')}</span> : null}
            {row.background ? <span className="tag">{t('privacy:trail.background')}</span> : null}
          </span>
          {names.has(row.ask) ? <code className="cell-sub ask-code">{row.ask}</code> : null}
        </>
      ),
    },
    {
      key: 'subject',
      title: t('privacy:trail.subject'),
      width: 110,
      card: 'foot',
      render: ({ subject }) =>
        subject ? (
          <button type="button" className="link-button" onClick={() => set({ subject })}>
            {saySubject(subject)}
          </button>
        ) : null,
    },
    {
      key: 'outcome',
      title: t('privacy:trail.outcome'),
      width: 130,
      card: 'foot',
      render: (row) => (
        <>
          <StateTag tone={tones[row.outcome]}>{t(`privacy:trail.${row.outcome}`)}</StateTag>{' '}
          {row.code ? <code className="quiet small">{row.code}</code> : null}
        </>
      ),
    },
    {
      key: 'address',
      title: t('privacy:trail.address'),
      width: 110,
      card: 'pair',
      render: (row) => <span className="num soft">{row.address}</span>,
    },
    {
      key: 'duration',
      title: t('privacy:trail.duration'),
      width: 104,
      align: 'end',
      card: 'none',
      render: (row) => <span className="num quiet">{row.durationMs.toFixed(1)} ms</span>,
    },
  ]
}

const dayMs = 86_400_000

function filterOf(filters: { [K in keyof typeof defaults]: string }): Filter {
  const { ask, outcome, kind, personId, subject, day } = filters
  const from = day ? `${day}T00:00:00+08:00` : ''
  return {
    ...(ask && { ask }),
    ...(outcome && { outcome: outcome as NonNullable<Filter['outcome']> }),
    ...(kind === 'all' ? {} : { background: false }),
    ...((kind === 'writes' || kind === 'reads') && { writes: kind === 'writes' }),
    ...(personId && { personId: Number(personId) }),
    ...(subject && { subject }),
    ...(from && { since: from, until: new Date(Date.parse(from) + dayMs).toISOString() }),
  }
}
