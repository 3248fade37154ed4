import { Button } from 'antd'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation, useNavigate, useNavigationType } from 'react-router'
import { useText } from '../i18n/index.ts'
import { useKeys } from './keys.ts'
import { Empty, ErrorState, Loading } from './states.tsx'

export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  width?: number | string
  align?: 'end'
  /** On a phone: the head of the card, a short piece on its foot (a `pair` with its name), a line with its name, or absent. */
  card?: 'head' | 'foot' | 'pair' | 'line' | 'none'
}

interface DataTableProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string | number
  /** Where Enter, a click or a tap on the row leads. */
  to?: (row: Row) => string
  onOpen?: (row: Row) => void
  mark?: (row: Row) => 'burning' | 'unread' | 'fresh' | 'chosen' | undefined
  error?: unknown
  onRetry?: () => void
  empty?: ReactNode
  more?: { has: boolean; busy: boolean; load: () => void }
  /** Announced while former rows stand in for the ones on their way. */
  stale?: boolean
}

/** The row that was last in hand, by visit of a page. */
const leftAt = new Map<string, string | number>()

/** Dense rows on a desk, cards in a hand, j / k / Enter on a keyboard. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, to, onOpen, mark } = props
  const { t } = useText()
  const navigate = useNavigate()
  const body = useRef<HTMLTableSectionElement>(null)
  const open = (row: Row) => {
    if (onOpen) onOpen(row)
    else if (to) void navigate(to(row))
  }
  const canOpen = Boolean(to ?? onOpen)
  const { key: visit } = useLocation()
  const back = useNavigationType() === 'POP'
  const left = useRef(back ? leftAt.get(visit) : undefined)
  // Whoever comes back stands on the row that they had opened.
  useEffect(() => {
    if (left.current === undefined || !rows) return
    const at = rows.findIndex((row) => rowKey(row) === left.current)
    left.current = undefined
    body.current?.querySelectorAll<HTMLElement>('.table-row')[at]?.focus({ preventScroll: true })
  })

  const move = (step: number) => {
    const all = [...(body.current?.querySelectorAll<HTMLElement>('.table-row') ?? [])]
    if (all.length === 0) return
    const at = all.findIndex((element) => element.contains(document.activeElement))
    const next = all[at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKeys(canOpen ? { j: () => move(1), k: () => move(-1) } : {})

  if (!rows) return props.error ? <ErrorState error={props.error} onRetry={props.onRetry} /> : <Loading rows={8} />
  if (rows.length === 0) return <>{props.empty ?? <Empty />}</>

  const onKey = (event: KeyboardEvent<HTMLElement>, row: Row) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      move(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter' && event.target === event.currentTarget) open(row)
  }
  return (
    <>
      {/* biome-ignore-start lint/a11y/noRedundantRoles: rows become cards on a phone, and a block display would drop the table's meaning */}
      <table
        className={`table ${canOpen ? 'openable' : ''} ${props.stale ? 'stale' : ''}`}
        aria-label={props.label}
        aria-busy={props.stale}
        role="table"
      >
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.key} scope="col" role="columnheader" style={{ width: column.width }} className={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} role="rowgroup">
          {rows.map((row, index) => (
            <tr
              key={rowKey(row)}
              role="row"
              className={`table-row ${mark?.(row) ?? ''}`}
              tabIndex={canOpen ? (index === 0 ? 0 : -1) : undefined}
              onKeyDown={canOpen ? (event) => onKey(event, row) : undefined}
              onFocus={canOpen ? () => leftAt.set(visit, rowKey(row)) : undefined}
              onClick={canOpen ? (event) => onClick(event.target, () => open(row)) : undefined}
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  role="cell"
                  data-label={column.title}
                  className={`${column.align ?? ''} card-${column.card ?? 'line'}`}
                >
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      {props.more?.has ? (
        <div className="table-more no-print">
          <Button loading={props.more.busy} onClick={props.more.load}>
            {t('common:action.more')}
          </Button>
        </div>
      ) : null}
    </>
  )
}

/** A click on the row opens it, unless it was meant for something inside or for selecting text. */
function onClick(target: EventTarget, open: () => void) {
  if (target instanceof Element && target.closest('a, button, input, label, .ant-dropdown')) return
  if (getSelection()?.toString()) return
  open()
}

/** The name of a row: a real link, so that it opens in a new tab, is read out and prints. */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="row-link" tabIndex={-1}>
      {children}
    </Link>
  )
}
