import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider, type ConfigProviderProps } from 'antd'
import { lazy, StrictMode, Suspense, useEffect, useState } from 'react'
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router'
import { drawFor, onOtherPerson, onSessionEnd, type Refusal, useAsk } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { loadLocale } from '../kit/locale.ts'
import { useScheme } from '../kit/scheme.ts'
import { ErrorState } from '../kit/states.tsx'
import { themeOf } from '../kit/theme.ts'
import { Toasts } from '../kit/toast.tsx'
import { MeProvider } from '../me.ts'
import { openStream } from '../stream.ts'
import { Boundary } from './Boundary.tsx'

const SignInPage = lazy(() => import('./SignInPage.tsx'))
const Frame = lazy(() => import('./Frame.tsx'))
const OtherPerson = lazy(() => import('./OtherPerson.tsx'))

export function Console({ queries }: { queries: QueryClient }) {
  const { language } = useText()
  const scheme = useScheme()
  const [locale, setLocale] = useState<NonNullable<ConfigProviderProps['locale']>>()
  useEffect(() => {
    let current = true
    void loadLocale(language).then((found) => {
      if (current) setLocale(found)
    })
    return () => {
      current = false
    }
  }, [language])
  return (
    <StrictMode>
      <QueryClientProvider client={queries}>
        <ConfigProvider
          theme={themeOf(scheme)}
          wave={{ disabled: true }}
          button={{ autoInsertSpace: false }}
          {...(locale ? { locale } : {})}
        >
          <BrowserRouter>
            <Boundary>
              <Suspense fallback={<div className="boot" />}>
                <Routes>
                  <Route path="/sign-in" element={<SignInPage />} />
                  <Route path="*" element={<Session queries={queries} />} />
                </Routes>
              </Suspense>
            </Boundary>
            <Toasts />
          </BrowserRouter>
        </ConfigProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}

/** Everything behind the sign-in. A session that ends anywhere leads to the sign-in and back to the same place. */
function Session({ queries }: { queries: QueryClient }) {
  const location = useLocation()
  const me = useAsk('access.me', {})
  const [ended, setEnded] = useState(false)
  const [other, setOther] = useState(false)
  const known = me.data !== undefined
  useEffect(() => onSessionEnd(() => setEnded(true)), [])
  useEffect(() => onOtherPerson(() => setOther(true)), [])
  useEffect(() => (known ? openStream(queries) : undefined), [known, queries])
  const refused = (me.error as Refusal | null)?.status === 401
  if (ended || refused) {
    const to = `${location.pathname}${location.search}`
    return <Navigate to="/sign-in" replace state={{ to, ended: ended || known }} />
  }
  if (me.data) {
    // Before the pages below ask anything.
    drawFor(me.data.person.id)
    return (
      <MeProvider value={me.data}>
        <Frame />
        {other ? (
          <Suspense>
            <OtherPerson />
          </Suspense>
        ) : null}
      </MeProvider>
    )
  }
  return me.error ? <ErrorState error={me.error} onRetry={() => void me.refetch()} /> : <div className="boot" />
}
