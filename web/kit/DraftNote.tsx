import { useText } from '../i18n/index.ts'
import type { Draft } from './draft.ts'
import { clockOf } from './time.ts'

/** Says that the words are safe, since when, and how to be rid of them. */
export function DraftNote<W extends object>({ of }: { of: Draft<W> }) {
  const { t } = useText()
  if (!of.kept) return null
  const { hour, minute } = clockOf(new Date(of.kept.at))
  return (
    <span className="draft-note quiet small push">
      <span className="num">{t('common:draft.kept', { time: `${hour}:${minute}` })}</span>{' '}
      <button type="button" className="link-button" onClick={of.discard}>
        {t('common:draft.discard')}
      </button>
    </span>
  )
}
