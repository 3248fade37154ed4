import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Output } from '../asks.ts'
import { useText } from '../i18n/index.ts'
import { Highlight } from './Highlight.tsx'
import { spansOf } from './spans.ts'
import { DemoTag, PlatformTag } from './tags.tsx'

export type Mention = Output<'monitoring.list_mentions'>['mentions'][number]

/** A mention in two lines: what was said, then where, by whom and about which unit. */
export function MentionText({
  mention,
  search,
  aside,
  unit = true,
}: {
  mention: Mention
  search?: string
  aside?: ReactNode
  unit?: boolean
}) {
  const { t } = useText()
  const words = search ? search.split(/\s+/) : []
  const mark = (text: string) => <Highlight text={text} spans={spansOf(text, words)} />
  const said =
    mention.title && mention.excerpt.startsWith(mention.title) ? mention.excerpt.slice(mention.title.length) : mention.excerpt
  return (
    <div className="mention">
      <Link to={`/monitoring/${mention.id}`} className="row-link two-lines" tabIndex={-1}>
        {mention.title ? <span>{mark(mention.title)}</span> : null}
        {said ? <span className={mention.title ? 'mention-said' : ''}>{mark(said)}</span> : null}
      </Link>
      <div className="mention-foot">
        <PlatformTag value={mention.platform} />
        <span className="mention-author clip">{mention.author || t('common:state.unknown')}</span>
        {unit ? <span>{mention.unit.name}</span> : null}
        {mention.rules.map((rule) => (
          <span key={rule} className="rule-mark">
            {rule}
          </span>
        ))}
        {mention.demo ? <DemoTag /> : null}
        {aside}
      </div>
    </div>
  )
}
