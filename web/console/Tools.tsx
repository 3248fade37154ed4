import { BulbOutlined, DownOutlined, GlobalOutlined, QuestionCircleOutlined, UserOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Dropdown } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '../api.ts'
import { chooseLanguage, useText } from '../i18n/index.ts'
import { clearDrafts, countDrafts } from '../kit/draft.ts'
import { chooseScheme, useChoice } from '../kit/scheme.ts'
import { useMe } from '../me.ts'
import { Bell } from './Bell.tsx'
import { may } from './routes.tsx'

const LeaveQuestion = lazy(() => import('./LeaveQuestion.tsx'))
const PasswordDrawer = lazy(() => import('../../src/access/ui/PasswordDrawer.tsx'))

/** The right end of the top line: help, language, appearance, bell, person. */
export function Tools({ onHelp }: { onHelp: () => void }) {
  const { t, language } = useText()
  const me = useMe()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const theme = useChoice()
  const [password, setPassword] = useState(false)
  const [leaving, setLeaving] = useState(0)
  const other = language === 'zh' ? 'en' : 'zh'
  const themes = [
    { key: 'light', label: t('common:header.theme_light') },
    { key: 'dark', label: t('common:header.theme_dark') },
    { key: 'system', label: t('common:header.theme_system') },
  ]
  const leave = () => {
    const drafts = countDrafts(me.person.id)
    if (drafts > 0) setLeaving(drafts)
    else void signOut()
  }
  const signOut = async () => {
    clearDrafts(me.person.id)
    await call('access.sign_out', {}).catch(() => undefined)
    queries.clear()
    await navigate('/sign-in', { replace: true })
  }
  const onMenu = ({ key }: { key: string }) => {
    if (key === 'light' || key === 'dark' || key === 'system') chooseScheme(key)
    else if (key === 'language') void chooseLanguage(other)
    else if (key === 'rights') void navigate(`/access/people/${me.person.id}`)
    else if (key === 'password') setPassword(true)
    else if (key === 'api') window.open('/api', '_blank', 'noopener')
    else if (key === 'sign_out') leave()
  }
  return (
    <>
      <button
        type="button"
        className="top-button"
        aria-label={t('common:header.shortcuts')}
        title={`${t('common:header.shortcuts')} ?`}
        onClick={onHelp}
      >
        <span className="wide">
          <QuestionCircleOutlined />
        </span>
      </button>
      <button
        type="button"
        className="top-button"
        aria-label={t('common:header.language')}
        onClick={() => void chooseLanguage(other)}
      >
        <span className="wide row row-tight">
          <GlobalOutlined />
          {other === 'en' ? 'EN' : '中文'}
        </span>
      </button>
      <Dropdown menu={{ items: themes, selectedKeys: [theme], onClick: onMenu }} trigger={['click']}>
        <button type="button" className="top-button" aria-label={t('common:header.theme')}>
          <span className="wide">
            <BulbOutlined />
          </span>
        </button>
      </Dropdown>
      <Bell />
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          onClick: onMenu,
          selectedKeys: [theme],
          items: [
            { key: 'who', type: 'group', label: `${me.person.name} · ${me.person.title}` },
            ...(may(me, 'access.read') ? [{ key: 'rights', label: t('common:header.my_rights') }] : []),
            { key: 'password', label: t('common:header.password') },
            { key: 'api', label: t('common:header.api') },
            { type: 'divider' },
            { key: 'language', label: other === 'en' ? 'English' : '中文' },
            { key: 'themes', type: 'group', label: t('common:header.theme'), children: themes },
            { type: 'divider' },
            { key: 'sign_out', label: t('common:header.sign_out') },
          ],
        }}
      >
        <button type="button" className="top-button top-person" aria-label={t('common:header.account')}>
          <UserOutlined />
          <span className="wide">{me.person.name}</span>
          <span className="wide">
            <DownOutlined style={{ fontSize: 10 }} />
          </span>
        </button>
      </Dropdown>
      {leaving > 0 ? (
        <Suspense>
          <LeaveQuestion count={leaving} onLeave={() => void signOut()} onStay={() => setLeaving(0)} />
        </Suspense>
      ) : null}
      {password ? (
        <Suspense>
          <PasswordDrawer onClose={() => setPassword(false)} />
        </Suspense>
      ) : null}
    </>
  )
}
