import { useText } from '../i18n/index.ts'
import { useMinute } from './now.ts'
import { exactTime, sayTime } from './time.ts'

/** A moment as people say it; the exact one on hover and for machines. */
export function TimeAgo({ at, className }: { at: string; className?: string }) {
  const { t } = useText()
  const now = useMinute()
  const moment = new Date(at)
  return (
    <time dateTime={at} title={`${exactTime(moment)} ${t('common:time.zone')}`} className={`num time ${className ?? ''}`}>
      {sayTime(moment, new Date(Math.max(now, Date.now() - 20_000)), t)}
    </time>
  )
}

export function ExactTime({ at }: { at: string }) {
  const { t } = useText()
  return (
    <time dateTime={at} title={t('common:time.zone')} className="num time">
      {exactTime(new Date(at))}
    </time>
  )
}
