import { useText } from '../i18n/index.ts'
import type { Draft } from './draft.ts'
import { clockOf } from './time.ts'

/**
 * Says that the words are safe, since when, and how to be rid of them; and that what they change was changed by somebody else, after
 * they were begun (`changedAt`).
 */
export function DraftNote<W extends object>({ of, changedAt }: { of: Draft<W>; changedAt?: string | undefined }) {
  const { t } = useText()
  if (!of.kept) return null
  const { hour, minute } = clockOf(new Date(of.kept.at))
  const { mark } = of.kept
  const overtaken = changedAt !== undefined && mark !== undefined && mark < Date.parse(changedAt)
  return (
    <span className="draft-note quiet small push">
      <span className="num">{t('common:draft.kept', { time: `${hour}:${minute}` })}</span>{' '}
      <button type="button" className="link-button" onClick={of.discard}>
        {t('common:draft.discard')}
      </button>
      {overtaken ? <span role="status"> {t('common:draft.overtaken')}</span> : null}
    </span>
  )
}
