import { useText } from '../i18n/index.ts'
import { useMinute } from './now.ts'
import { exactTime, sayTime } from './time.ts'

/** A moment as people say it; the exact one on hover and for machines. */
export function TimeAgo({ at, className }: { at: string; className?: string }) {
  const { t } = useText()
  const now = useMinute()
  const moment = new Date(at)
  return (
    <time
      dateTime={at}
      title={`${exactTime(moment)} ${t('common:time.zone')}`}
      data-exact={exactTime(moment)}
      className={`num time ${className ?? ''}`}
    >
      {sayTime(moment, new Date(Math.max(now, Date.now())), t)}
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

/** A moment to come; once it is there, or nearly, it is due any moment. */
export function ComingTime({ at }: { at: string }) {
  const { t } = useText()
  const now = useMinute()
  const moment = new Date(at)
  return (
    <time
      dateTime={at}
      title={`${exactTime(moment)} ${t('common:time.zone')}`}
      data-exact={exactTime(moment)}
      className="num time"
    >
      {moment.getTime() - now < 60_000 ? t('common:time.soon') : sayTime(moment, new Date(now), t)}
    </time>
  )
}
