import { useText } from '../i18n/index.ts'
import { useSecond } from './now.ts'
import { exactTime, saySpan, urgencyOf } from './time.ts'

/** Time to a deadline: calm, then amber, then red. Screen readers hear only the change of class. */
export function Countdown({ due, from }: { due: string; from?: string | undefined }) {
  const { t } = useText()
  const now = useSecond()
  const dueMs = Date.parse(due)
  const urgency = urgencyOf(dueMs, now, from ? Date.parse(from) : undefined)
  const span = saySpan(Math.abs(dueMs - now), t)
  return (
    <span
      className={`countdown num ${urgency}`}
      title={`${exactTime(new Date(dueMs))} ${t('common:time.zone')}`}
      data-exact={exactTime(new Date(dueMs))}
    >
      <i aria-hidden="true" className="countdown-glass" />
      <time dateTime={due} aria-hidden="true">
        {t(urgency === 'overdue' ? 'common:time.over' : 'common:time.left', { span })}
      </time>
      <span className="unseen" aria-live="polite">
        {t(`common:time.${urgency}`)}
      </span>
    </span>
  )
}
