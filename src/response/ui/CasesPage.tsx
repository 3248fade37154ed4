import { CloseOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import { type Input, usePages } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { FilterBar, FilterOne } from '../../../web/kit/FilterBar.tsx'
import { FilterSwitch } from '../../../web/kit/FilterSwitch.tsx'
import { useFilters } from '../../../web/kit/filters.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Empty } from '../../../web/kit/states.tsx'
import { useMe } from '../../../web/me.ts'
import { useUnitOptions } from '../../../web/units.ts'
import { CaseTable } from './CaseTable.tsx'

type Filter = Input<'response.list_cases'>
const defaults = { view: 'active', state: '', holder: '', minSeverity: '', unitId: '', order: '', figure: '', whose: '' }
const views = ['active', 'turn', 'below', 'mine', 'closed', 'all'] as const
const figures = [
  'burning',
  'overdue',
  'unacknowledged',
  'due_soon',
  'handling',
  'answered',
  'escalated',
  'answered_today',
  'closed_today',
  'open',
] as const
const states = ['open', 'acknowledged', 'handling', 'answered', 'closed'] as const
const turns = ['mine', 'below', 'above'] as const
const holders = ['branch', 'region', 'headquarters'] as const

/** Alerts and their cases: what waits for whom, and how long it still may. */
export default function CasesPage() {
  const { t } = useText()
  const { filters, set, clear, active } = useFilters(defaults)
  const units = useUnitOptions()
  const me = useMe()
  const figure = figures.find((one) => one === filters.figure)
  const turn = turns.find((one) => one === filters.whose)
  const waits = filters.view === 'closed' || filters.view === 'all' || filters.state === 'closed'
  const order = filters.order || (waits && !figure ? 'newest' : 'urgent')
  const input = useMemo(() => filterOf(filters, order), [filters, order])
  const listed = usePages('response.list_cases', input)
  const rows = useMemo(() => listed.pages?.flatMap((page) => page.cases), [listed.pages])
  const narrowed = active - (filters.view === defaults.view ? 0 : 1)
  return (
    <Page title={t('response:cases.title')}>
      <FilterBar
        active={narrowed}
        onClear={clear}
        lead={
          <FilterSwitch
            label={t('response:cases.view')}
            value={filters.state || filters.figure || filters.whose ? '' : filters.view}
            options={views
              .filter((view) => view !== 'below' || me.tier !== 'branch')
              .map((view) => ({ value: view, label: t(`response:cases.${view}`) }))}
            onChange={(view) => set({ view, state: '', figure: '', whose: '' })}
          />
        }
      >
        {figure || turn ? (
          <button type="button" className="chip" title={t('common:action.clear')} onClick={() => set({ figure: '', whose: '' })}>
            {[turn && t(`response:whose.${turn}`), figure && t(`response:figure.${figure}`)].filter(Boolean).join(' · ')}{' '}
            <CloseOutlined />
          </button>
        ) : null}
        <FilterOne
          label={t('response:cases.state')}
          value={filters.state}
          options={states.map((state) => ({ value: state, label: t(`response:state.${state}`) }))}
          onChange={(state) => set({ state, figure: '' })}
        />
        <FilterOne
          label={t('response:cases.severity')}
          value={filters.minSeverity}
          options={([2, 3, 4] as const).map((level) => ({
            value: String(level),
            label:
              level === 4 ? t('common:severity.4') : t('monitoring:stream.at_least', { name: t(`common:severity.${level}`) }),
          }))}
          onChange={(minSeverity) => set({ minSeverity })}
        />
        <FilterOne
          label={t('response:cases.holder')}
          value={filters.holder}
          options={holders.map((holder) => ({ value: holder, label: t(`response:holder.${holder}`) }))}
          onChange={(holder) => set({ holder })}
        />
        {units.length > 0 ? (
          <FilterOne
            label={t('response:cases.unit')}
            value={filters.unitId}
            options={units}
            search
            onChange={(unitId) => set({ unitId })}
          />
        ) : null}
        <FilterSwitch
          label={t('response:cases.order')}
          value={order}
          options={[
            { value: 'urgent', label: t('response:cases.order_urgent') },
            { value: 'due', label: t('response:cases.order_due') },
            { value: 'newest', label: t('response:cases.order_newest') },
          ]}
          onChange={(value) => set({ order: value })}
        />
      </FilterBar>
      <Panel flush>
        <CaseTable
          label={t('response:cases.title')}
          rows={rows}
          error={listed.error}
          onRetry={listed.retry}
          stale={listed.stale}
          more={listed.more}
          empty={
            narrowed > 0 || filters.view !== 'active' ? (
              <Empty title={t('response:cases.empty')} />
            ) : (
              <Empty title={t('response:cases.empty_active')} hint={t('response:cases.empty_active_hint')} />
            )
          }
        />
      </Panel>
    </Page>
  )
}

/** A figure or a chosen state says more than a view and replaces it. */
function filterOf(filters: { [K in keyof typeof defaults]: string }, order: string): Filter {
  const { view, state, figure, holder, minSeverity, unitId, whose } = filters
  return {
    order: order as NonNullable<Filter['order']>,
    ...(figure && { figure: figure as NonNullable<Filter['figure']> }),
    ...(state && { state: state as NonNullable<Filter['state']> }),
    ...(whose && { whose: whose as NonNullable<Filter['whose']>, ...(!figure && !state && { active: true }) }),
    ...(figure || state || whose
      ? {}
      : {
          ...(view === 'active' && { active: true }),
          ...(view === 'turn' && { whose: 'mine' as const, active: true }),
          ...(view === 'below' && { whose: 'below' as const, active: true }),
          ...(view === 'mine' && { mine: true }),
          ...(view === 'closed' && { state: 'closed' as const }),
        }),
    ...(holder && { holder: holder as NonNullable<Filter['holder']> }),
    ...(minSeverity && { minSeverity: Number(minSeverity) }),
    ...(unitId && { unitId: Number(unitId) }),
  }
}
