import { Link } from 'react-router'
import { type Text, useText } from '../../../web/i18n/index.ts'
import { cut } from '../../../web/kit/cut.ts'
import { Fold } from '../../../web/kit/Fold.tsx'
import { severities } from '../../../web/kit/labels.ts'
import { type Happening, Timeline } from '../../../web/kit/Timeline.tsx'
import { SeverityTag } from '../../../web/kit/tags.tsx'
import { outcomes } from './CaseForm.tsx'
import type { CaseDetail } from './CasePage.tsx'

type Event = CaseDetail['events'][number]

const tones: Partial<Record<Event['kind'], NonNullable<Happening['tone']>>> = {
  opened: 'strong',
  escalated: 'burn',
  severity_raised: 'burn',
  passed_up: 'strong',
  taken_over: 'strong',
  answered: 'good',
  closed: 'good',
}
const holders = ['branch', 'region', 'headquarters'] as const
const oneOf = <V extends string>(all: readonly V[], value: unknown): V | undefined => all.find((one) => one === value)
const levelOf = (value: unknown) => severities.find((level) => level === value)

export const eventWho = ({ person, unit }: Event, t: Text) =>
  person ? (unit ? t('response:event.by', { person, unit }) : person) : t('response:event.system')

/** Who did what with a case, oldest first. */
export function CaseTimeline({ detail: { events, mentions } }: { detail: CaseDetail }) {
  const { t } = useText()
  const items = events.map((event) => ({
    id: event.id,
    at: event.at,
    who: eventWho(event, t),
    what: (
      <>
        {t(`response:event.${event.kind}`)} <EventFacts event={event} />
      </>
    ),
    body: event.text ? <Fold length={event.text.length}>{event.text}</Fold> : undefined,
    after: event.mentionIds.length > 0 ? <EventPosts event={event} mentions={mentions} /> : undefined,
    tone: tones[event.kind] ?? ('plain' as const),
  }))
  return <Timeline items={items} label={t('response:case.timeline')} />
}

const shownLinks = 5

/** The posts that an event is about. */
function EventPosts({ event: { mentionIds }, mentions }: { event: Event; mentions: CaseDetail['mentions'] }) {
  const { t } = useText()
  const name = (id: number) => {
    const mention = mentions.find((one) => one.id === id)
    return mention?.title || (mention && cut(mention.excerpt, 40)) || t('response:event.mention', { id })
  }
  return (
    <ul className="timeline-links">
      {mentionIds.slice(0, shownLinks).map((id) => (
        <li key={id}>
          <Link to={`/monitoring/${id}`}>{name(id)}</Link>
        </li>
      ))}
      {mentionIds.length > shownLinks ? (
        <li className="quiet num">{t('response:event.more', { count: mentionIds.length - shownLinks })}</li>
      ) : null}
    </ul>
  )
}

/** The facts of an event that say more than its name, in words. */
export function useEventWords() {
  const { t } = useText()
  return ({ facts, kind }: Event): string[] => {
    const missed = oneOf(['acknowledge', 'answer'], facts.missed)
    const reason = oneOf(['nobody_on_duty', 'clock_repaired', 'left', 'moved'], facts.reason)
    const holder = oneOf(holders, facts.to)
    const outcome = oneOf(outcomes, facts.outcome)
    const count = (value: unknown) => (typeof value === 'number' ? value : undefined)
    const [alerts, people, reminder] = [count(facts.alerts), count(facts.count), count(facts.reminder)]
    const told = kind === 'notified' || kind === 'reminded_to_close'
    return [
      missed && t(`response:event.missed_${missed}`),
      reason && t(`response:event.${reason}`),
      facts.handler && t('response:event.handler', { handler: facts.handler }),
      reminder && t('response:event.reminder', { count: reminder }),
      holder && t(told ? 'response:event.told' : 'response:event.to', { holder: t(`response:holder.${holder}`) }),
      alerts !== undefined && alerts > 1 && t('response:cases.alerts', { count: alerts }),
      people !== undefined && t('response:event.people', { count: people }),
      facts.channel && t('response:event.channel', { channel: facts.channel }),
      outcome && t('response:event.outcome', { outcome: t(`response:case.outcome_${outcome}`) }),
    ].filter((one): one is string => typeof one === 'string' && one !== '')
  }
}

function EventFacts({ event }: { event: Event }) {
  const { t } = useText()
  const words = useEventWords()(event)
  const { facts } = event
  const raised = levelOf(facts.to)
  const level = levelOf(facts.severity) ?? raised
  const before = raised === undefined ? undefined : levelOf(facts.from)
  const link = typeof facts.link === 'string' && /^https?:/.test(facts.link) ? facts.link : undefined
  return (
    <span className="event-facts">
      {before === undefined ? null : (
        <>
          <SeverityTag level={before} /> →
        </>
      )}
      {level === undefined ? null : <SeverityTag level={level} />}
      {words.map((one) => (
        <span key={one} className="num">
          {one}
        </span>
      ))}
      {link ? (
        <a href={link} target="_blank" rel="noopener noreferrer nofollow">
          {t('response:event.link')}
        </a>
      ) : null}
    </span>
  )
}
