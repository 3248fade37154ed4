import {
  AlertOutlined,
  ApartmentOutlined,
  AuditOutlined,
  DashboardOutlined,
  FieldTimeOutlined,
  FilterOutlined,
  MessageOutlined,
  RadarChartOutlined,
  SendOutlined,
} from '@ant-design/icons'
import { lazy, Suspense, useState } from 'react'
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router'
import { useAsk } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { AppShell, type NavEntry } from '../kit/AppShell.tsx'
import { useKeys } from '../kit/keys.ts'
import { Page } from '../kit/Page.tsx'
import { Empty, Loading } from '../kit/states.tsx'
import { DemoTag } from '../kit/tags.tsx'
import { useMe } from '../me.ts'
import { useConnected } from '../stream.ts'
import { Boundary } from './Boundary.tsx'
import { may, routes } from './routes.tsx'
import { Tools } from './Tools.tsx'
import { TriedNotice } from './TriedNotice.tsx'

const KeyHelp = lazy(() => import('../kit/KeyHelp.tsx'))

/** The console of one person: their entries, their unit, their pages. */
export default function Frame() {
  const { t } = useText()
  const me = useMe()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const connected = useConnected()
  const [help, setHelp] = useState(false)
  const entries = useEntries()
  useKeys({
    '?': () => setHelp(true),
    'g o': () => void navigate('/'),
    'g m': () => void navigate('/monitoring'),
    'g r': () => void navigate('/response'),
    'g a': () => void navigate('/access'),
  })
  return (
    <AppShell
      entries={entries}
      unit={
        <>
          <strong>{me.unit.name}</strong>
          <span className="top-tier">{t(`common:tier.${me.tier ?? 'none'}`)}</span>
        </>
      }
      tools={
        <>
          {me.demo ? <DemoTag /> : null}
          <Tools onHelp={() => setHelp(true)} />
        </>
      }
      notice={
        <>
          <TriedNotice />
          {me.outwardHeld ? (
            <p className="down-bar" role="status">
              {t('common:outward_held')}
            </p>
          ) : null}
          {connected ? null : (
            <p className="down-bar" role="status">
              {t('common:stream_down')}
            </p>
          )}
        </>
      }
    >
      <Boundary at={pathname}>
        <Suspense fallback={<Waiting />}>
          <Routes>
            {routes.map(({ path, right, Page: Content }) => (
              <Route
                key={path}
                path={path}
                element={may(me, right) ? <Content /> : <Elsewhere path={path} entries={entries} />}
              />
            ))}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </Boundary>
      {help ? (
        <Suspense>
          <KeyHelp open onClose={() => setHelp(false)} />
        </Suspense>
      ) : null}
    </AppShell>
  )
}

function useEntries(): NavEntry[] {
  const { t } = useText()
  const me = useMe()
  const responds = may(me, 'response.read')
  const overview = useAsk('response.get_overview', { days: 7 }, { enabled: responds })
  // Red is for what this person can do something about.
  const mine = overview.data?.mine
  const all: (NavEntry & { right: string })[] = [
    { to: '/', label: t('common:nav.overview'), icon: <DashboardOutlined />, group: '', right: 'response.read', dock: true },
    {
      to: '/monitoring',
      label: t('common:nav.monitoring'),
      icon: <MessageOutlined />,
      group: t('common:nav.listen'),
      right: 'monitoring.read',
      dock: true,
    },
    {
      to: '/monitoring/rules',
      label: t('common:nav.rules'),
      icon: <FilterOutlined />,
      group: t('common:nav.listen'),
      right: 'monitoring.read',
    },
    {
      to: '/monitoring/sources',
      label: t('common:nav.sources'),
      icon: <RadarChartOutlined />,
      group: t('common:nav.listen'),
      right: 'monitoring.read_sources',
    },
    {
      to: '/response',
      label: t('common:nav.response'),
      icon: <AlertOutlined />,
      group: t('common:nav.act'),
      right: 'response.read',
      dock: true,
      count: mine && mine.unacknowledged + mine.overdue,
      burning: mine !== undefined && mine.overdue + mine.burning > 0,
    },
    {
      to: '/response/clocks',
      label: t('common:nav.clocks'),
      icon: <FieldTimeOutlined />,
      group: t('common:nav.act'),
      right: 'response.read',
    },
    {
      to: '/delivery',
      label: t('common:nav.delivery'),
      icon: <SendOutlined />,
      group: t('common:nav.act'),
      right: 'delivery.manage',
    },
    {
      to: '/access',
      label: t('common:nav.access'),
      icon: <ApartmentOutlined />,
      group: t('common:nav.govern'),
      right: 'access.read',
    },
    {
      to: '/privacy',
      label: t('common:nav.privacy'),
      icon: <AuditOutlined />,
      group: t('common:nav.govern'),
      right: 'privacy.read_trail',
    },
  ]
  return all.filter((entry) => may(me, entry.right))
}

/** The overview of a person without one is the first page they do have. */
function Elsewhere({ path, entries }: { path: string; entries: readonly NavEntry[] }) {
  const { t } = useText()
  const first = entries[0]
  if (path === '/' && first) return <Navigate to={first.to} replace />
  return (
    <Page title={t('common:state.no_right')}>
      <Empty title={t('common:state.no_right')} hint={t('common:state.no_right_hint')} />
    </Page>
  )
}

function NotFound() {
  const { t } = useText()
  return (
    <Page title={t('common:state.not_found')}>
      <Empty title={t('common:state.not_found')} hint={t('common:state.not_found_hint')} />
    </Page>
  )
}

function Waiting() {
  return (
    <div className="page">
      <Loading rows={10} />
    </div>
  )
}
