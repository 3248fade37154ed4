import { type ReactNode, useId, useState } from 'react'
import { useText } from '../i18n/index.ts'

/** A long text shows its beginning; paper gets the whole. */
export function Fold({ length, children, above = 600 }: { length: number; children: ReactNode; above?: number }) {
  const { t } = useText()
  const id = useId()
  const [open, setOpen] = useState(false)
  if (length <= above) return <>{children}</>
  return (
    <>
      <div id={id} className={open ? '' : 'folded'}>
        {children}
      </div>
      <button
        type="button"
        className="link-button no-print"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? t('common:action.fold') : t('common:action.unfold', { count: length.toLocaleString() })}
      </button>
    </>
  )
}
