import type { Output } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { severities } from '../../../web/kit/labels.ts'
import { type Happening, Timeline } from '../../../web/kit/Timeline.tsx'
import { SeverityTag } from '../../../web/kit/tags.tsx'

type Event = Output<'response.get_case'>['events'][number]

const tones: Partial<Record<Event['kind'], NonNullable<Happening['tone']>>> = {
  opened: 'strong',
  escalated: 'burn',
  severity_raised: 'burn',
  passed_up: 'strong',
  taken_over: 'strong',
  answered: 'good',
  closed: 'good',
}
const outcomes = ['resolved', 'explained', 'refuted', 'false_alarm'] as const
const holders = ['branch', 'region', 'headquarters'] as const
const oneOf = <V extends string>(all: readonly V[], value: unknown): V | undefined => all.find((one) => one === value)

/** Who did what with a case, oldest first. */
export function CaseTimeline({ events }: { events: readonly Event[] }) {
  const { t } = useText()
  const items = events.map((event) => ({
    id: event.id,
    at: event.at,
    who: event.person
      ? event.unit
        ? t('response:event.by', { person: event.person, unit: event.unit })
        : event.person
      : t('response:event.system'),
    what: (
      <>
        {t(`response:event.${event.kind}`)} <EventFacts event={event} />
      </>
    ),
    body: event.text || undefined,
    tone: tones[event.kind] ?? ('plain' as const),
  }))
  return <Timeline items={items} label={t('response:case.timeline')} />
}

/** The facts of an event that say more than its name. */
function EventFacts({ event: { facts } }: { event: Event }) {
  const { t } = useText()
  const levelOf = (value: unknown) => severities.find((level) => level === value)
  const raised = levelOf(facts.to)
  const level = levelOf(facts.severity) ?? raised
  const before = raised === undefined ? undefined : levelOf(facts.from)
  const holder = oneOf(holders, facts.to)
  const outcome = oneOf(outcomes, facts.outcome)
  const missed = oneOf(['acknowledge', 'answer'], facts.missed)
  const reason = oneOf(['nobody_on_duty', 'clock_repaired'], facts.reason)
  return (
    <span className="event-facts">
      {before === undefined ? null : (
        <>
          <SeverityTag level={before} /> →
        </>
      )}
      {level === undefined ? null : <SeverityTag level={level} />}
      {missed ? <span>{t(`response:event.missed_${missed}`)}</span> : null}
      {reason ? <span>{t(`response:event.${reason}`)}</span> : null}
      {holder ? <span>{t('response:event.to', { holder: t(`response:holder.${holder}`) })}</span> : null}
      {typeof facts.alerts === 'number' && facts.alerts > 1 ? (
        <span className="num">{t('response:cases.alerts', { count: facts.alerts })}</span>
      ) : null}
      {typeof facts.count === 'number' ? <span className="num">{t('response:event.people', { count: facts.count })}</span> : null}
      {typeof facts.reminder === 'number' ? (
        <span className="num">{t('response:event.reminder', { count: facts.reminder })}</span>
      ) : null}
      {facts.channel ? <span>{t('response:event.channel', { channel: facts.channel })}</span> : null}
      {outcome ? <span>{t('response:event.outcome', { outcome: t(`response:case.outcome_${outcome}`) })}</span> : null}
    </span>
  )
}
