import { type ReactNode, useEffect } from 'react'
import { useText } from '../i18n/index.ts'
import { titlePage } from './title.ts'

interface PageProps {
  title: string
  /** Stands beside the title: a count, a state. */
  aside?: ReactNode
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page: one title, its actions, its content. Sets the title of the window. */
export function Page({ title, aside, lead, actions, children }: PageProps) {
  const { t } = useText()
  useEffect(() => titlePage(`${title} · ${t('common:product')}`), [title, t])
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          {aside}
        </div>
        {actions ? <div className="page-actions no-print">{actions}</div> : null}
        {lead ? <div className="page-lead">{lead}</div> : null}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: string
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
  className?: string
}

/** A bordered field of the page. `flush` lets tables reach its edges. */
export function Panel({ title, aside, children, flush, className }: PanelProps) {
  return (
    <section className={`panel ${flush ? 'flush' : ''} ${className ?? ''}`} aria-label={title}>
      {title ? (
        <header className="panel-head">
          <h2>{title}</h2>
          {aside ? <div className="panel-aside">{aside}</div> : null}
        </header>
      ) : null}
      <div className="panel-body">{children}</div>
    </section>
  )
}

/** Names and values, aligned. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode] | null | false | undefined)[] }) {
  return (
    <dl className="facts">
      {rows.map((row) =>
        row ? (
          <div key={row[0]}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
