import { CaretDownOutlined, CaretRightOutlined } from '@ant-design/icons'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useText } from '../../../web/i18n/index.ts'
import type { Placed, Unit } from '../../../web/units.ts'

interface UnitTreeProps {
  ordered: readonly Placed[]
  chosen: string
  onChoose: (unitId: string) => void
}

/** Headquarters, regions and branches; departments stay folded until asked for. Arrow keys walk it. */
export function UnitTree({ ordered, chosen, onChoose }: UnitTreeProps) {
  const { t } = useText()
  const list = useRef<HTMLUListElement>(null)
  const [folded, setFolded] = useState<ReadonlySet<number>>()
  const parents = new Set(ordered.map(({ unit }) => unit.parentId))
  const shut = folded ?? new Set(ordered.filter(({ unit }) => unit.kind === 'branch').map(({ unit }) => unit.id))
  const toggle = (unit: Unit) => {
    const next = new Set(shut)
    if (!next.delete(unit.id)) next.add(unit.id)
    setFolded(next)
  }
  const shown = ordered.filter(({ unit }) => !hidden(unit, ordered, shut))
  const onKey = (event: KeyboardEvent<HTMLElement>, unit: Unit) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('.tree-name') ?? [])]
    const at = all.indexOf(event.currentTarget)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      all[at + step]?.focus()
    } else if (event.key === 'ArrowRight' && shut.has(unit.id)) toggle(unit)
    else if (event.key === 'ArrowLeft' && parents.has(unit.id) && !shut.has(unit.id)) toggle(unit)
  }
  return (
    <ul className="tree" ref={list}>
      <li>
        <button type="button" className={`tree-name all ${chosen === '' ? 'chosen' : ''}`} onClick={() => onChoose('')}>
          {t('access:units.everyone')}
        </button>
      </li>
      {shown.map(({ unit, depth }) => (
        <li key={unit.id} className={`tree-${unit.kind}`} style={{ paddingInlineStart: 8 + depth * 16 }}>
          {parents.has(unit.id) ? (
            <button
              type="button"
              className="tree-fold"
              tabIndex={-1}
              aria-expanded={!shut.has(unit.id)}
              aria-label={t(shut.has(unit.id) ? 'access:units.expand' : 'access:units.collapse', { name: unit.name })}
              onClick={() => toggle(unit)}
            >
              {shut.has(unit.id) ? <CaretRightOutlined /> : <CaretDownOutlined />}
            </button>
          ) : (
            <span className="tree-fold" />
          )}
          <button
            type="button"
            className={`tree-name ${chosen === String(unit.id) ? 'chosen' : ''}`}
            aria-pressed={chosen === String(unit.id)}
            onKeyDown={(event) => onKey(event, unit)}
            onClick={() => onChoose(String(unit.id))}
          >
            <span className="clip">{unit.name}</span>
            <span className="quiet num">{unit.people}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** True when any unit above is folded. */
function hidden(unit: Unit, ordered: readonly Placed[], shut: ReadonlySet<number>): boolean {
  const above = ordered.find((one) => one.unit.id === unit.parentId)?.unit
  return above !== undefined && (shut.has(above.id) || hidden(above, ordered, shut))
}
