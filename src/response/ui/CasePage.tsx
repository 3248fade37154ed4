import { PrinterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { type Output, useAsk } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Countdown } from '../../../web/kit/Countdown.tsx'
import type { Category, Severity } from '../../../web/kit/labels.ts'
import { MentionText } from '../../../web/kit/MentionText.tsx'
import { Facts, Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, Empty } from '../../../web/kit/states.tsx'
import { ExactTime, TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { CategoryTag, DemoTag, SentimentTag, SeverityTag } from '../../../web/kit/tags.tsx'
import { CaseActions } from './CaseActions.tsx'
import { CaseBanner } from './CaseBanner.tsx'
import { CasePost } from './CasePost.tsx'
import { CasePrint } from './CasePrint.tsx'
import { CaseState, useCaseTitle } from './CaseTable.tsx'
import { CaseTimeline } from './CaseTimeline.tsx'
import { KeptWords } from './KeptWords.tsx'

export type CaseDetail = Output<'response.get_case'>

/** One case: how it stands, what may be done now, what was said, what was done. */
export default function CasePage() {
  const { t } = useText()
  const id = Number(useParams().id)
  const asked = useAsk('response.get_case', { id })
  const titleOf = useCaseTitle()
  const one = asked.data?.case
  return (
    <Page
      title={one ? titleOf(one) : t('response:case.title', { id })}
      actions={
        one ? (
          <Button icon={<PrinterOutlined />} onClick={() => print()}>
            {t('common:action.print')}
          </Button>
        ) : undefined
      }
      lead={
        <span className="row">
          <Link to="/response">{t('response:cases.title')}</Link>
          <span className="quiet num">{t('response:case.title', { id })}</span>
          {one ? (
            <>
              <SeverityTag level={one.severity as Severity} />
              <CaseState state={one.state} />
              {one.dueAt ? <Countdown due={one.dueAt} from={one.openedAt} /> : null}
              <span>{one.unit.name}</span>
              {one.demo ? <DemoTag /> : null}
            </>
          ) : null}
        </span>
      }
    >
      {asked.error && !asked.data ? <KeptWords id={id} /> : null}
      <Answer of={asked}>
        {(detail) => (
          <>
            <div className="grid grid-main no-print">
              <div>
                <CaseBanner detail={detail} />
                <CaseActions key={detail.case.id} detail={detail} />
                {detail.lead ? <CasePost lead={detail.lead} /> : null}
                <Panel title={t('response:case.timeline')}>
                  <CaseTimeline detail={detail} />
                </Panel>
              </div>
              <div>
                <FactsPanel one={detail.case} />
                <MentionsPanel mentions={detail.mentions} />
              </div>
            </div>
            <CasePrint detail={detail} />
          </>
        )}
      </Answer>
    </Page>
  )
}

function FactsPanel({ one }: { one: CaseDetail['case'] }) {
  const { t } = useText()
  return (
    <Panel title={t('response:case.facts')}>
      <Facts
        rows={[
          [
            one.awaiting ? t(`response:case.clock_${one.awaiting}`) : t('response:cases.due'),
            one.dueAt ? <ExactTime key="due" at={one.dueAt} /> : t('response:case.no_clock'),
          ],
          [t('response:cases.holder'), t(`response:holder.${one.holder}`)],
          [t('response:cases.handler'), one.handler?.name ?? t('response:cases.nobody')],
          [
            t('response:cases.unit'),
            <Link key="unit" to={`/monitoring?unitId=${one.unit.id}`}>
              {one.unit.name}
            </Link>,
          ],
          [t('response:case.category'), <CategoryTag key="category" value={one.category as Category} />],
          [t('response:cases.opened'), <ExactTime key="opened" at={one.openedAt} />],
          [
            t('response:case.heat'),
            <span key="heat" className="num">
              {one.heat}
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}

function MentionsPanel({ mentions }: { mentions: CaseDetail['mentions'] }) {
  const { t } = useText()
  return (
    <Panel title={t('response:case.mentions')} flush aside={<span className="num">{mentions.length}</span>}>
      {mentions.length === 0 ? (
        <Empty title={t('response:case.no_mentions')} />
      ) : (
        <ul className="lines latest">
          {mentions.map((mention) => (
            <li key={mention.id}>
              <MentionText
                mention={mention}
                unit={false}
                aside={
                  <span className="row row-tight push">
                    <SentimentTag value={mention.sentiment} />
                    <TimeAgo at={mention.publishedAt} />
                  </span>
                }
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
