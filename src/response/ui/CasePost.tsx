import { Link } from 'react-router'
import { useText } from '../../../web/i18n/index.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { PostText } from '../../../web/kit/PostText.tsx'
import type { CaseDetail } from './CasePage.tsx'

/** The post that the case is about, in full, before anybody decides anything. */
export function CasePost({ lead }: { lead: NonNullable<CaseDetail['lead']> }) {
  const { t, say } = useText()
  return (
    <Panel
      title={t('response:case.post')}
      className="reading no-print"
      aside={<Link to={`/monitoring/${lead.id}`}>{t('response:case.post_more')}</Link>}
    >
      <PostText post={lead} head="h3" />
      <div className="reading-foot stack">
        <p>
          <span className="quiet">{t('monitoring:mention.rules')}</span>{' '}
          {lead.rules.length > 0 ? lead.rules.join(t('common:and')) : t('monitoring:mention.no_rules')}
        </p>
        {lead.reasons.length > 0 ? (
          <details>
            <summary>{t(lead.corrected ? 'monitoring:mention.why_machine' : 'monitoring:mention.why')}</summary>
            <ul className="reasons">
              {lead.reasons.map((reason) => (
                <li key={reason.code + reason.en}>{say(reason)}</li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </Panel>
  )
}
