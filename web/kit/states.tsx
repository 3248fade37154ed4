import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Refusal } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { Mark } from './Mark.tsx'

/** Nothing there, and why, and what could be done. */
export function Empty({ title, hint, action }: { title?: string; hint?: ReactNode; action?: ReactNode }) {
  const { t } = useText()
  return (
    <div className="note-state">
      <span className="note-mark">
        <Mark />
      </span>
      <p className="note-title">{title ?? t('common:state.empty')}</p>
      {hint ? <p className="soft">{hint}</p> : null}
      {action}
    </div>
  )
}

/** Grey lines in the place of what comes: nothing jumps when it arrives. */
export function Loading({ rows = 6, height }: { rows?: number; height?: number }) {
  const { t } = useText()
  return (
    <div className="skeleton" role="status" style={height ? { height } : undefined}>
      <span className="unseen">{t('common:state.loading')}</span>
      {Array.from({ length: rows }, (_, row) => `${92 - ((row * 37) % 45)}.${row}%`).map((width) => (
        <i key={width} style={{ width }} aria-hidden="true" />
      ))}
    </div>
  )
}

/** What went wrong, in the words of the server, with its code, what to do and another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t, say } = useText()
  const refusal = error instanceof Refusal ? error : undefined
  return (
    <div className="note-state error" role="alert">
      <p className="note-title">{refusal ? say(refusal.words) : t('common:state.broken')}</p>
      <p className="soft">{refusal ? refusal.next && say(refusal.next) : t('common:state.broken_hint')}</p>
      {refusal ? <Faults refusal={refusal} /> : null}
      {onRetry ? (
        <Button size="small" onClick={onRetry}>
          {t('common:action.retry')}
        </Button>
      ) : null}
      {refusal ? (
        <p className="quiet note-code">
          <code>{refusal.code}</code>
          {refusal.trace ? ` · ${t('common:state.trace')} ${refusal.trace}` : ''}
        </p>
      ) : null}
    </div>
  )
}

/** The same for a form: one quiet line above its buttons. */
export function ErrorLine({ error }: { error: unknown }) {
  const { t, say } = useText()
  if (!error) return null
  const refusal = error instanceof Refusal ? error : undefined
  return (
    <div className="error-line" role="alert">
      <strong>{refusal ? say(refusal.words) : t('common:state.broken')}</strong> {refusal?.next ? say(refusal.next) : ''}{' '}
      {refusal ? <code className="quiet">{refusal.code}</code> : null}
      {refusal ? <Faults refusal={refusal} /> : null}
    </div>
  )
}

function Faults({ refusal }: { refusal: Refusal }) {
  const { say } = useText()
  if (refusal.fields.length === 0) return null
  return (
    <ul className="faults">
      {refusal.fields.map((fault) => (
        <li key={fault.path + fault.en}>
          {fault.path ? <code>{fault.path}</code> : null} {say(fault)}
        </li>
      ))}
    </ul>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

/** The three states of anything asked: on its way, refused, there. */
export function Answer<T>({ of, loading, children }: { of: Asked<T>; loading?: ReactNode; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <ErrorState error={of.error} onRetry={() => void of.refetch()} />
  return loading ?? <Loading />
}
