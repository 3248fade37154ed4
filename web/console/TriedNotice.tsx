import { useState } from 'react'
import { useText } from '../i18n/index.ts'
import { exactTime } from '../kit/time.ts'
import { useMe } from '../me.ts'

const readKey = 'anlan.tried'

/** Says once after signing in that others tried this account in vain. */
export function TriedNotice() {
  const { t } = useText()
  const { tried } = useMe()
  const [read, setRead] = useState(() => sessionStorage.getItem(readKey))
  if (!tried || read === tried.at) return null
  const dismiss = () => {
    sessionStorage.setItem(readKey, tried.at)
    setRead(tried.at)
  }
  return (
    <p className="down-bar" role="status">
      {t('access:tried.told', {
        count: tried.count,
        at: exactTime(new Date(tried.at)),
        from: tried.from.join(t('access:tried.and')),
      })}{' '}
      <button type="button" className="plain-button" onClick={dismiss}>
        {t('access:tried.read')}
      </button>
    </p>
  )
}
