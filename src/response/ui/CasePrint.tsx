import type { ReactNode } from 'react'
import { useText } from '../../../web/i18n/index.ts'
import type { Category, Severity } from '../../../web/kit/labels.ts'
import { useMinute } from '../../../web/kit/now.ts'
import { DemoTag, usePlatformName } from '../../../web/kit/tags.tsx'
import { exactTime } from '../../../web/kit/time.ts'
import { useMe } from '../../../web/me.ts'
import type { CaseDetail } from './CasePage.tsx'
import { useCaseTitle } from './CaseTable.tsx'
import { eventWho, useEventWords } from './CaseTimeline.tsx'

/** A case as a form on paper: whose it is, what was said, what was done, who signs. Only the printer shows it. */
export function CasePrint({ detail }: { detail: CaseDetail }) {
  const { t, say } = useText()
  const me = useMe()
  const now = useMinute()
  const eventWords = useEventWords()
  const platform = usePlatformName()
  const { case: one, lead, events } = detail
  const title = useCaseTitle()(one)
  const answers = events.filter((event) => event.kind === 'answered')
  const at = (moment: string) => exactTime(new Date(moment))
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('response:cases.unit'), one.unit.name],
    [t('response:print.number'), `#${one.id}`],
    [t('common:severity.label'), t(`common:severity.${one.severity as Severity}`)],
    [t('common:category.label'), t(`common:category.${one.category as Category}`)],
    [t('response:cases.state'), t(`response:state.${one.state}`)],
    [t('response:cases.holder'), t(`response:holder.${one.holder}`)],
    [t('response:cases.handler'), one.handler?.name ?? t('response:cases.nobody')],
    [t('response:cases.opened'), at(one.openedAt)],
    [t('response:cases.due'), one.dueAt ? at(one.dueAt) : t('response:case.no_clock')],
    [t('response:case.heat'), one.heat],
  ]
  return (
    <article className="print-only form">
      <h1>{t('response:print.title')}</h1>
      <p className="form-subject">
        {title} {one.demo ? <DemoTag /> : null}
      </p>
      <dl className="form-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {lead ? (
        <section>
          <h2>{t('response:case.post')}</h2>
          {lead.title ? <p className="form-strong">{lead.title}</p> : null}
          <p className="form-text">{lead.text}</p>
          <p>{[platform(lead.platform), lead.author || t('common:state.unknown'), at(lead.publishedAt)].join(' ')}</p>
          {lead.url ? <p className="form-link">{lead.url}</p> : null}
          <h2>{t('monitoring:mention.judgement')}</h2>
          <p>
            {[
              t(`common:severity.${lead.severity as Severity}`),
              t(`common:sentiment.${lead.sentiment}`),
              t(`common:category.${lead.category}`),
              t(`common:triage.${lead.triage}`),
            ].join(t('common:and'))}
            {lead.corrected ? ` (${t('monitoring:mention.corrected')})` : ''}
          </p>
          <ul className="form-list">
            {lead.reasons.map((reason) => (
              <li key={reason.code + reason.en}>{say(reason)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <h2>{t('response:case.timeline')}</h2>
        <table className="form-table">
          <tbody>
            {events.map((event) => (
              <tr key={event.id}>
                <td className="num">{at(event.at)}</td>
                <td>{eventWho(event, t)}</td>
                <td>
                  {t(`response:event.${event.kind}`)} {eventWords(event).join(' ')}
                  {event.text && event.kind !== 'answered' ? <p className="form-text">{event.text}</p> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {answers.map((answer) => (
        <section key={answer.id}>
          <h2>{t('response:print.answer')}</h2>
          <p className="form-text">{answer.text}</p>
          <p>{[eventWho(answer, t), at(answer.at), answer.facts.channel, answer.facts.link].filter(Boolean).join(' ')}</p>
        </section>
      ))}
      <dl className="form-sign">
        {(['by', 'checked', 'day'] as const).map((who) => (
          <div key={who}>
            <dt>{t(`response:print.${who}`)}</dt>
            <dd />
          </div>
        ))}
      </dl>
      <p className="form-foot">
        {t('response:print.printed', {
          product: t('common:product'),
          person: me.person.name,
          unit: me.unit.name,
          time: exactTime(new Date(Math.max(now, Date.now()))),
        })}
      </p>
    </article>
  )
}
