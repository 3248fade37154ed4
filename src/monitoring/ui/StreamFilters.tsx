import { CloseOutlined } from '@ant-design/icons'
import { useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { FilterBar, FilterOne } from '../../../web/kit/FilterBar.tsx'
import { FilterSwitch } from '../../../web/kit/FilterSwitch.tsx'
import { categories, platforms, sentiments, triages } from '../../../web/kit/labels.ts'
import { periods } from '../../../web/kit/period.ts'
import { dayTime } from '../../../web/kit/time.ts'
import { useUnitOptions } from '../../../web/units.ts'

export const streamDefaults = {
  search: '',
  period: '7d',
  unitId: '',
  minSeverity: '',
  sentiment: '',
  category: '',
  platform: '',
  triage: '',
  ruleId: '',
  since: '',
  until: '',
}
type Filters = { [K in keyof typeof streamDefaults]: string }

interface StreamFiltersProps {
  filters: Filters
  set: (change: Partial<Filters>) => void
  clear: () => void
  active: number
}

export function StreamFilters({ filters, set, clear, active }: StreamFiltersProps) {
  const { t } = useText()
  const units = useUnitOptions()
  const rules = useAsk('monitoring.list_rules', {})
  const range = filters.since || filters.until
  return (
    <FilterBar
      search={{ value: filters.search, onChange: (search) => set({ search }), placeholder: t('monitoring:stream.search') }}
      active={active - (filters.search ? 1 : 0)}
      onClear={clear}
    >
      {range ? (
        <button
          type="button"
          className="chip num"
          title={t('monitoring:stream.clear_range')}
          onClick={() => set({ since: '', until: '' })}
        >
          {rangeText(filters.since, filters.until, t)} <CloseOutlined />
        </button>
      ) : (
        <FilterSwitch
          label={t('monitoring:stream.period')}
          value={filters.period}
          options={periods.map((period) => ({ value: period, label: t(`monitoring:stream.${period}`) }))}
          onChange={(period) => set({ period })}
        />
      )}
      {units.length > 0 ? (
        <FilterOne
          label={t('monitoring:stream.unit')}
          value={filters.unitId}
          options={units}
          search
          onChange={(unitId) => set({ unitId })}
        />
      ) : null}
      <FilterOne
        label={t('monitoring:stream.min_severity')}
        value={filters.minSeverity}
        options={([1, 2, 3, 4] as const).map((level) => ({
          value: String(level),
          label: level === 4 ? t('common:severity.4') : t('monitoring:stream.at_least', { name: t(`common:severity.${level}`) }),
        }))}
        onChange={(minSeverity) => set({ minSeverity })}
      />
      <FilterOne
        label={t('common:sentiment.label')}
        value={filters.sentiment}
        options={sentiments.map((value) => ({ value, label: t(`common:sentiment.${value}`) }))}
        onChange={(sentiment) => set({ sentiment })}
      />
      <FilterOne
        label={t('common:category.label')}
        value={filters.category}
        options={categories
          .filter((value) => value !== 'irrelevant')
          .map((value) => ({ value, label: t(`common:category.${value}`) }))}
        onChange={(category) => set({ category })}
      />
      <FilterOne
        label={t('common:platform.label')}
        value={filters.platform}
        options={platforms.map((value) => ({ value, label: t(`common:platform.${value}`) }))}
        onChange={(platform) => set({ platform })}
      />
      <FilterOne
        label={t('common:triage.label')}
        value={filters.triage}
        options={triages.filter((value) => value !== 'none').map((value) => ({ value, label: t(`common:triage.${value}`) }))}
        onChange={(triage) => set({ triage })}
      />
      {rules.data && rules.data.length > 0 ? (
        <FilterOne
          label={t('monitoring:stream.rule')}
          value={filters.ruleId}
          options={rules.data.map((rule) => ({ value: String(rule.id), label: rule.name }))}
          search
          onChange={(ruleId) => set({ ruleId })}
        />
      ) : null}
    </FilterBar>
  )
}

function rangeText(since: string, until: string, t: ReturnType<typeof useText>['t']): string {
  const say = (at: string) => dayTime(new Date(at), new Date())
  if (since && until) return t('monitoring:stream.range', { from: say(since), to: say(until) })
  return since ? t('monitoring:stream.from', { from: say(since) }) : t('monitoring:stream.to', { to: say(until) })
}
