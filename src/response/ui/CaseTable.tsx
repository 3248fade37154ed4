import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Output } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Countdown } from '../../../web/kit/Countdown.tsx'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import type { Category, Severity } from '../../../web/kit/labels.ts'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { CategoryTag, DemoTag, SeverityTag, StateTag, type Tone } from '../../../web/kit/tags.tsx'

export type Case = Output<'response.list_cases'>['cases'][number]

const tones: Record<Case['state'], Tone> = {
  open: 'new',
  acknowledged: 'waiting',
  handling: 'active',
  answered: 'done',
  closed: 'off',
}

export function CaseState({ state }: { state: Case['state'] }) {
  const { t } = useText()
  return <StateTag tone={tones[state]}>{t(`response:state.${state}`)}</StateTag>
}

/** The title of a case; without a right to its posts, what it is about. */
export function useCaseTitle() {
  const { t } = useText()
  return ({ titled, title, category }: Case) => (titled ? title : t(`common:category.${category as Category}`))
}

/** The clock of a case and what it waits for; nothing when none runs. */
export function CaseClock({ of }: { of: Case }) {
  const { t } = useText()
  if (!of.dueAt || !of.awaiting) return <span className="quiet">–</span>
  return (
    <span className="clock">
      <Countdown due={of.dueAt} from={of.openedAt} />
      <span className="quiet small">{t(`response:awaiting.${of.awaiting}`)}</span>
    </span>
  )
}

const isLate = ({ dueAt }: Case) => dueAt !== null && Date.parse(dueAt) < Date.now()

/** Whose turn it is, for the person who looks: one's own stands out, others' say which tier. */
function CaseTurn({ of }: { of: Case }) {
  const { t } = useText()
  if (of.state === 'closed') return null
  if (of.whose === 'mine') return <span className="tag strong">{t('response:whose.mine')}</span>
  return <span className="tag">{t('response:whose.at', { holder: t(`response:holder.${of.holder}`) })}</span>
}

interface CaseTableProps {
  label: string
  rows: readonly Case[] | undefined
  /** Without handler, tier and opening time, for the overview. */
  short?: boolean
  empty: ReactNode
  error?: unknown
  onRetry?: () => void
  stale?: boolean
  more?: { has: boolean; busy: boolean; load: () => void }
}

export function CaseTable({ short = false, ...rest }: CaseTableProps) {
  const { t } = useText()
  const titleOf = useCaseTitle()
  const columns: Column<Case>[] = [
    {
      key: 'severity',
      title: t('common:severity.label'),
      width: short ? 96 : 104,
      card: 'foot',
      render: (one) => <SeverityTag level={one.severity as Severity} />,
    },
    {
      key: 'case',
      title: t('response:cases.case'),
      card: 'head',
      render: (one) => (
        <>
          <Link to={`/response/${one.id}`} className="row-link two-lines" tabIndex={-1}>
            {titleOf(one)}
          </Link>
          <div className="mention-foot">
            <span className="soft">{one.unit.name}</span>
            {short || one.whose === 'mine' ? <CaseTurn of={one} /> : null}
            <CategoryTag value={one.category as Category} />
            {one.alerts > 1 ? <span className="num">{t('response:cases.alerts', { count: one.alerts })}</span> : null}
            {one.missed && !isLate(one) ? <span>{t('response:cases.missed')}</span> : null}
            {one.escalations > 0 ? (
              <span className="num">{t('response:cases.escalations', { count: one.escalations })}</span>
            ) : null}
            {one.demo ? <DemoTag /> : null}
          </div>
        </>
      ),
    },
    { key: 'state', title: t('response:cases.state'), width: 88, card: 'foot', render: (one) => <CaseState state={one.state} /> },
  ]
  if (!short) {
    columns.push(
      {
        key: 'holder',
        title: t('response:cases.holder'),
        width: 92,
        card: 'foot',
        render: (one) => t(`response:holder.${one.holder}`),
      },
      {
        key: 'handler',
        title: t('response:cases.handler'),
        width: 92,
        card: 'none',
        render: (one) => one.handler?.name ?? <span className="quiet">{t('response:cases.nobody')}</span>,
      },
    )
  }
  columns.push({ key: 'due', title: t('response:cases.due'), width: 128, card: 'foot', render: (one) => <CaseClock of={one} /> })
  if (!short) {
    columns.push({
      key: 'opened',
      title: t('response:cases.opened'),
      width: 112,
      align: 'end',
      card: 'none',
      render: (one) => <TimeAgo at={one.openedAt} className="soft" />,
    })
  }
  return (
    <DataTable
      {...rest}
      columns={columns}
      rowKey={(one) => one.id}
      to={(one) => `/response/${one.id}`}
      mark={(one) => (one.severity >= 4 && one.state !== 'closed' ? 'burning' : one.state === 'open' ? 'unread' : undefined)}
    />
  )
}
