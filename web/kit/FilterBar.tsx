import { FilterOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useText } from '../i18n/index.ts'
import { useKeys } from './keys.ts'

interface FilterBarProps {
  /** Always visible, on a phone too: the view that is being filtered. */
  lead?: ReactNode
  search?: { value: string; onChange: (value: string) => void; placeholder?: string }
  active: number
  onClear: () => void
  children: ReactNode
  aside?: ReactNode
}

/** One line of filters on a desk; on a phone the search stays and the rest unfolds. */
export function FilterBar({ lead, search, active, onClear, children, aside }: FilterBarProps) {
  const { t } = useText()
  const [open, setOpen] = useState(false)
  return (
    <search className={`filters no-print ${open ? 'open' : ''}`}>
      {lead}
      {search ? <SearchBox {...search} /> : null}
      <Button className="filters-toggle" icon={<FilterOutlined />} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('common:action.filter')}
        {active > 0 ? ` · ${active}` : ''}
      </Button>
      <div className="filters-more">
        {children}
        {active > 0 ? (
          <button type="button" className="link-button" onClick={onClear}>
            {t('common:action.clear')}
          </button>
        ) : null}
      </div>
      {aside ? <div className="filters-aside">{aside}</div> : null}
    </search>
  )
}

/** What a search may hold; a longer one is not asked, and says so. */
const longest = 100

/** Asks when the typing pauses, never in the middle of a Chinese composition. `/` leads here. */
export function SearchBox({
  value,
  onChange,
  placeholder,
}: {
  value: string
  onChange: (value: string) => void
  placeholder?: string
}) {
  const { t } = useText()
  const [draft, setDraft] = useState(value)
  const box = useRef<HTMLInputElement>(null)
  const composing = useRef(false)
  const note = useId()
  const tooLong = draft.trim().length > longest
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useKeys({ '/': () => box.current?.focus() })
  useEffect(() => {
    if (document.activeElement !== box.current) setDraft(value)
  }, [value])
  const later = (text: string, delayMs: number) => {
    clearTimeout(timer.current)
    if (text.trim().length <= longest) timer.current = setTimeout(() => onChange(text.trim()), delayMs)
  }
  return (
    <label className="search-box">
      <SearchOutlined aria-hidden="true" />
      <input
        ref={box}
        type="search"
        value={draft}
        aria-invalid={tooLong}
        aria-describedby={tooLong ? note : undefined}
        placeholder={placeholder ?? t('common:search.placeholder')}
        aria-label={placeholder ?? t('common:search.placeholder')}
        onCompositionStart={() => {
          composing.current = true
        }}
        onCompositionEnd={(event) => {
          composing.current = false
          later(event.currentTarget.value, 250)
        }}
        onChange={(event) => {
          setDraft(event.target.value)
          if (!composing.current) later(event.target.value, 300)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !composing.current) later(draft, 0)
          if (event.key === 'Escape') box.current?.blur()
        }}
      />
      {tooLong ? (
        <span id={note} className="form-error" role="alert">
          {t('common:search.too_long', { limit: longest })}
        </span>
      ) : (
        <span className="key" aria-hidden="true">
          /
        </span>
      )}
    </label>
  )
}

export interface Option {
  value: string
  label: string
}

/** One of a few, with `''` for all. */
export function FilterOne(props: {
  label: string
  value: string
  options: readonly Option[]
  onChange: (value: string) => void
  search?: boolean
}) {
  return (
    <Select
      className="filter-one"
      aria-label={props.label}
      placeholder={props.label}
      value={props.value || null}
      options={[...props.options]}
      onChange={(value) => props.onChange(value ?? '')}
      allowClear
      showSearch={props.search ? { optionFilterProp: 'label' } : false}
      popupMatchSelectWidth={false}
    />
  )
}
