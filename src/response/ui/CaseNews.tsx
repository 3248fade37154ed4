import { useText } from '../../../web/i18n/index.ts'
import type { Draft } from '../../../web/kit/draft.ts'
import { useMe } from '../../../web/me.ts'
import type { CaseDetail } from './CasePage.tsx'

type Event = CaseDetail['events'][number]

/** What others did with the case since this person began to type, or last looked. */
export function useNews<W extends object>(events: readonly Event[], { kept }: Draft<W>): readonly Event[] {
  const me = useMe()
  const mark = kept?.mark
  if (mark === undefined) return []
  return events.filter((event) => event.id > mark && event.kind !== 'notified' && event.person !== me.person.name)
}

/** Stands above the button while something came in unseen. */
export function NewsLine({ news, onRead }: { news: readonly Event[]; onRead: () => void }) {
  const { t } = useText()
  const [first] = news
  if (!first) return null
  const read = () => {
    onRead()
    const place = document.getElementById(`event-${first.id}`)
    place?.scrollIntoView({ block: 'center' })
    place?.focus({ preventScroll: true })
  }
  return (
    <p className="news-line" role="status">
      {t('response:case.news', {
        count: news.length,
        what: t(`response:event.${first.kind}`),
        who: first.person ?? t('response:event.system'),
      })}{' '}
      <button type="button" className="link-button" onClick={read}>
        {t('response:case.news_look')}
      </button>
    </p>
  )
}
