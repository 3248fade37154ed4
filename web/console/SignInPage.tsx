import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { call, drawFor, keyOf, Refusal, useAsk } from '../api.ts'
import { chooseLanguage, useText } from '../i18n/index.ts'
import { Mark, Waves } from '../kit/Mark.tsx'
import { ErrorLine } from '../kit/states.tsx'
import { DemoTag } from '../kit/tags.tsx'
import { titlePage, titleUnread } from '../kit/title.ts'
import { DemoPeople } from './DemoPeople.tsx'
import { preload } from './routes.tsx'

/** The door. It remembers where the person was going. */
export default function SignInPage() {
  const { t, language } = useText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const state = useLocation().state as { to?: string; ended?: boolean } | null
  const to = state?.to?.startsWith('/') && !state.to.startsWith('/sign-in') ? state.to : '/'
  const demo = useAsk('access.demo_people', {})
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState('')
  const [error, setError] = useState<unknown>()
  const first = useRef<HTMLInputElement>(null)

  useEffect(() => {
    titleUnread(0)
    titlePage(`${t('access:sign_in.title')} · ${t('common:product')}`)
    preload(to.split('?')[0] ?? '/')
  }, [t, to])

  useEffect(() => first.current?.focus(), [])

  const signIn = async (as: string, secret: string) => {
    if (busy) return
    setBusy(as)
    setError(undefined)
    try {
      const me = await call('access.sign_in', { login: as.trim(), password: secret })
      drawFor(null)
      queries.clear()
      queries.setQueryData(keyOf('access.me', {}), me)
      await navigate(to, { replace: true })
    } catch (cause) {
      setError(cause instanceof Refusal ? cause : new Error('sign-in failed'))
      setBusy('')
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (login.trim() && password) void signIn(login, password)
  }
  const people = demo.data?.demo ? demo.data : undefined
  return (
    <div className={`door ${people ? 'with-people' : ''}`}>
      <section className="door-face">
        <div className="door-brand">
          <Mark />
          <span>{t('common:product')}</span>
          {people ? <DemoTag /> : null}
        </div>
        <div className="door-words">
          <p className="door-motto">{t('access:sign_in.motto')}</p>
          <p>{t('access:sign_in.motto_more')}</p>
        </div>
        <Waves className="door-waves" rows={9} />
      </section>
      <main className="door-main">
        <div className="door-column">
          <h1>{t('access:sign_in.title')}</h1>
          {state?.ended ? <p className="door-note">{t('access:sign_in.ended')}</p> : null}
          <form className="door-form" onSubmit={submit}>
            <label className="field">
              <span>{t('access:sign_in.login')}</span>
              <input
                name="login"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                ref={first}
                required
                value={login}
                onChange={(event) => setLogin(event.target.value)}
              />
            </label>
            <label className="field">
              <span>{t('access:sign_in.password')}</span>
              <span className="field-with-button">
                <input
                  name="password"
                  type={shown ? 'text' : 'password'}
                  autoComplete="current-password"
                  required
                  value={password}
                  onChange={(event) => setPassword(event.target.value)}
                />
                <button
                  type="button"
                  className="plain-button"
                  aria-label={t(shown ? 'access:sign_in.hide_password' : 'access:sign_in.show_password')}
                  onClick={() => setShown(!shown)}
                >
                  {shown ? <EyeOutlined /> : <EyeInvisibleOutlined />}
                </button>
              </span>
            </label>
            <ErrorLine error={error} />
            <Button type="primary" htmlType="submit" size="large" block loading={busy !== '' && busy === login}>
              {t('access:sign_in.submit')}
            </Button>
          </form>
          {people ? (
            <DemoPeople
              people={people.people}
              password={people.password}
              busy={busy}
              choose={(as) => void signIn(as, people.password ?? '')}
            />
          ) : null}
        </div>
        <button
          type="button"
          className="top-button door-language"
          onClick={() => void chooseLanguage(language === 'zh' ? 'en' : 'zh')}
        >
          {language === 'zh' ? 'English' : '中文'}
        </button>
      </main>
    </div>
  )
}
