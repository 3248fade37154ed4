import type { Output } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Happening, Timeline } from '../../../web/kit/Timeline.tsx'
import { type Severity, SeverityTag } from '../../../web/kit/tags.tsx'

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
  const severity = typeof facts.severity === 'number' ? facts.severity : typeof facts.to === 'number' ? facts.to : undefined
  const holder = oneOf(holders, facts.to) ?? oneOf(holders, facts.holder)
  const outcome = oneOf(outcomes, facts.outcome)
  return (
    <span className="event-facts">
      {severity !== undefined && severity >= 0 && severity <= 4 ? <SeverityTag level={severity as Severity} /> : null}
      {holder ? <span>{t('response:event.to', { holder: t(`response:holder.${holder}`) })}</span> : null}
      {facts.channel ? <span>{t('response:event.channel', { channel: facts.channel })}</span> : null}
      {typeof facts.people === 'number' ? (
        <span className="num">{t('response:event.people', { count: facts.people })}</span>
      ) : null}
      {outcome ? <span>{t('response:event.outcome', { outcome: t(`response:case.outcome_${outcome}`) })}</span> : null}
    </span>
  )
}
