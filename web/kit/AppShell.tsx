import { MenuOutlined } from '@ant-design/icons'
import { Drawer } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation, useNavigationType } from 'react-router'
import { useText } from '../i18n/index.ts'
import { Mark, Waves } from './Mark.tsx'

export interface NavEntry {
  to: string
  label: string
  icon: ReactNode
  group: string
  count?: number | undefined
  burning?: boolean
  /** Stands in the dock of a phone. */
  dock?: boolean
}

interface AppShellProps {
  entries: readonly NavEntry[]
  unit: ReactNode
  tools: ReactNode
  notice?: ReactNode
  foot?: ReactNode
  children: ReactNode
}

/** The frame of every page: where one is, who one is, where one can go. */
export function AppShell({ entries, unit, tools, notice, foot, children }: AppShellProps) {
  const { t } = useText()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const [drawer, setDrawer] = useState(false)
  const former = useRef(pathname)
  const back = useNavigationType() === 'POP'
  useEffect(() => {
    if (former.current === pathname) return
    former.current = pathname
    setDrawer(false)
    // Going back, the browser finds the place and the table its row.
    if (back) return
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [pathname, back])
  const groups = [...new Set(entries.map((entry) => entry.group))]
  const active = best(entries, pathname)
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('common:nav.skip')}
      </a>
      <nav className="rail" aria-label={t('common:nav.label')}>
        <Link to="/" className="rail-brand">
          <Mark />
          {t('common:product')}
        </Link>
        {groups.map((group) => (
          <div key={group}>
            {group ? <p className="rail-group">{group}</p> : null}
            {entries
              .filter((entry) => entry.group === group)
              .map((entry) => (
                <RailLink key={entry.to} entry={entry} active={entry === active} />
              ))}
          </div>
        ))}
        <Waves className="rail-waves" rows={6} />
      </nav>
      <header className="top">
        <div className="top-unit">{unit}</div>
        {tools}
      </header>
      <main className="main" id="main" ref={main} tabIndex={-1}>
        {notice}
        {children}
      </main>
      <nav className="dock" aria-label={t('common:nav.label')}>
        {entries
          .filter((entry) => entry.dock)
          .map((entry) => (
            <Link
              key={entry.to}
              to={entry.to}
              className={`dock-link ${entry === active ? 'active' : ''}`}
              aria-current={entry === active ? 'page' : undefined}
            >
              {entry.icon}
              {entry.label}
              <Dot entry={entry} />
            </Link>
          ))}
        <button type="button" className={`dock-link ${active && !active.dock ? 'active' : ''}`} onClick={() => setDrawer(true)}>
          <MenuOutlined />
          {t('common:nav.more')}
        </button>
      </nav>
      <Drawer open={drawer} onClose={() => setDrawer(false)} placement="bottom" title={t('common:nav.more')} height="auto">
        <div className="drawer-links">
          {entries.map((entry) => (
            <Link key={entry.to} to={entry.to} className={entry === active ? 'active' : ''} onClick={() => setDrawer(false)}>
              {entry.icon}
              {entry.label}
            </Link>
          ))}
          {foot}
        </div>
      </Drawer>
    </div>
  )
}

/** The entry with the longest path that the address begins with. */
function best(entries: readonly NavEntry[], pathname: string): NavEntry | undefined {
  const fits = (to: string) => (to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`))
  return [...entries].sort((a, b) => b.to.length - a.to.length).find((entry) => fits(entry.to))
}

function RailLink({ entry, active }: { entry: NavEntry; active: boolean }) {
  return (
    <Link to={entry.to} className={`rail-link ${active ? 'active' : ''}`} aria-current={active ? 'page' : undefined}>
      {entry.icon}
      {entry.label}
      {entry.count ? (
        <span className={`rail-count num ${entry.burning ? 'burning' : ''}`}>{entry.count > 99 ? '99+' : entry.count}</span>
      ) : null}
    </Link>
  )
}

function Dot({ entry }: { entry: NavEntry }) {
  if (!entry.count) return null
  return <span className={`dot num ${entry.burning ? 'burning' : ''}`}>{entry.count > 99 ? '99+' : entry.count}</span>
}
