import { useMemo } from 'react'
import { useAsk, usePages } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable, RowLink } from '../../../web/kit/DataTable.tsx'
import { FilterBar, FilterOne } from '../../../web/kit/FilterBar.tsx'
import { useFilters } from '../../../web/kit/filters.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, Empty } from '../../../web/kit/states.tsx'
import { StateTag } from '../../../web/kit/tags.tsx'
import { useUnits } from '../../../web/units.ts'
import { UnitTree } from './UnitTree.tsx'

type Person = Output<'access.list_people'>['people'][number]
const defaults = { unitId: '', search: '', role: '' }

/** The tree of units beside the people in the chosen one. */
export default function UnitsPage() {
  const { t, language } = useText()
  const { filters, set, clear, active } = useFilters(defaults)
  const { asked, ordered } = useUnits()
  const roles = useAsk('access.list_roles', {})
  const { unitId, search, role } = filters
  const input = useMemo(
    () => ({ ...(unitId && { unitId: Number(unitId) }), ...(search && { search }), ...(role && { role }) }),
    [unitId, search, role],
  )
  const people = usePages('access.list_people', input, 'after')
  const rows = useMemo(() => people.pages?.flatMap((page) => page.people), [people.pages])
  const total = people.pages?.[0]?.total
  const chosen = ordered.find(({ unit }) => String(unit.id) === filters.unitId)?.unit
  const columns: Column<Person>[] = [
    {
      key: 'name',
      title: t('access:units.name'),
      width: 150,
      card: 'head',
      render: (person) => (
        <>
          <RowLink to={`/access/people/${person.id}`}>{person.name}</RowLink> <span className="quiet small">{person.login}</span>
        </>
      ),
    },
    { key: 'title', title: t('access:units.post'), width: 140, card: 'foot', render: (person) => person.title },
    {
      key: 'unit',
      title: t('access:units.unit'),
      card: 'foot',
      render: (person) => <span className="soft">{person.unit.name}</span>,
    },
    {
      key: 'roles',
      title: t('access:units.roles'),
      card: 'foot',
      render: (person) => (
        <span className="row row-tight">
          {person.active ? null : <StateTag tone="off">{t('access:units.inactive')}</StateTag>}
          {person.roles.length === 0 ? <span className="quiet">{t('access:units.no_roles')}</span> : null}
          {person.roles.map((role) => (
            <span key={role.code} className="tag">
              {language === 'zh' ? role.name : role.nameEn}
            </span>
          ))}
        </span>
      ),
    },
  ]
  return (
    <Page title={t('access:units.title')}>
      <div className="grid grid-tree">
        <Panel title={t('access:units.tree')} flush>
          <Answer of={asked}>
            {() => <UnitTree ordered={ordered} chosen={filters.unitId} onChoose={(unitId) => set({ unitId })} />}
          </Answer>
        </Panel>
        <div>
          <FilterBar
            search={{ value: filters.search, onChange: (search) => set({ search }), placeholder: t('access:units.search') }}
            active={active - (filters.search ? 1 : 0) - (filters.unitId ? 1 : 0)}
            onClear={clear}
            aside={total === undefined ? undefined : <span className="num">{t('access:units.count', { count: total })}</span>}
          >
            <FilterOne
              label={t('access:units.role')}
              value={filters.role}
              options={(roles.data ?? []).map((role) => ({
                value: role.code,
                label: language === 'zh' ? role.name : role.nameEn,
              }))}
              onChange={(role) => set({ role })}
            />
          </FilterBar>
          <Panel title={chosen?.name ?? t('access:units.everyone')} flush>
            <DataTable
              label={t('access:units.people')}
              columns={columns}
              rows={rows}
              rowKey={(person) => person.id}
              to={(person) => `/access/people/${person.id}`}
              error={people.error}
              onRetry={people.retry}
              stale={people.stale}
              more={people.more}
              empty={<Empty title={t('access:units.empty')} />}
            />
          </Panel>
        </div>
      </div>
    </Page>
  )
}
