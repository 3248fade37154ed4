import { useText } from '../../../web/i18n/index.ts'
import { dayTime } from '../../../web/kit/time.ts'
import { useMe } from '../../../web/me.ts'
import type { CaseDetail } from './CasePage.tsx'

const acts = ['acknowledge', 'take', 'answer', 'close', 'note', 'passUp'] as const
const words = {
  acknowledge: 'acknowledge',
  take: 'take',
  answer: 'answer',
  close: 'close',
  note: 'note',
  passUp: 'pass_up',
} as const

const ranks: Readonly<Record<string, number>> = { branch: 0, region: 1, several: 1, headquarters: 2 }

/** What happened to a case that is no longer where it began, and what this person may still do. */
export function CaseBanner({ detail: { case: one, moved } }: { detail: CaseDetail }) {
  const { t } = useText()
  const me = useMe()
  if (one.state === 'closed') return null
  const may = acts.filter((act) => one.abilities[act]).map((act) => t(`response:case.${words[act]}`))
  const said = moved
    ? t(`response:moved.${moved.kind}`, {
        time: dayTime(new Date(moved.at), new Date()),
        to: t(`response:holder.${moved.to}`),
        person: moved.person ?? t('response:event.system'),
      })
    : ''
  const below = (ranks[me.tier ?? 'branch'] ?? 0) < (ranks[one.holder] ?? 0)
  const then =
    !below || one.whose === 'none'
      ? ''
      : one.whose === 'mine'
        ? t('response:moved.until', { holder: t(`response:holder.${one.holder}`), what: may.join(t('common:and')) })
        : t('response:moved.only', { holder: t(`response:holder.${one.holder}`), what: may.join(t('common:and')) })
  const offer = one.offer ? t(`response:offer.${one.offer}`) : ''
  if (!said && !then && !offer) return null
  return (
    <div className={`banner no-print ${moved?.kind === 'escalated' ? 'warn' : ''}`} role="note">
      {said || then ? (
        <p>
          {said} {then}
        </p>
      ) : null}
      {offer ? <p>{offer}</p> : null}
    </div>
  )
}
