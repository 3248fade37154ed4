import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Refusal, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { useDrafts } from '../../../web/kit/draft.ts'
import { useKeys } from '../../../web/kit/keys.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { CaseForm, type FormAction, formActions } from './CaseForm.tsx'
import type { CaseDetail } from './CasePage.tsx'
import type { Case } from './CaseTable.tsx'
import { KeptWords } from './KeptWords.tsx'

type Ability = keyof Case['abilities']
const order: readonly Ability[] = ['acknowledge', 'take', 'answer', 'close', 'note', 'passUp', 'takeOver', 'handBack', 'reopen']
const words = {
  acknowledge: 'acknowledge',
  take: 'take',
  note: 'note',
  answer: 'answer',
  close: 'close',
  reopen: 'reopen',
  passUp: 'pass_up',
  takeOver: 'take_over',
  handBack: 'hand_back',
} as const

/** What this person may do with this case now, as the server says; the first is the one that moves it on. */
export function CaseActions({ detail }: { detail: CaseDetail }) {
  const { t } = useText()
  const one = detail.case
  const drafts = useDrafts(`case:${one.id}:`)
  // Somebody who comes back to words that they had not sent finds them open.
  const [open, setOpen] = useState<FormAction | undefined>(() =>
    formActions.find((action) => drafts.keys().next().value === action && one.abilities[action]),
  )
  const [focus, setFocus] = useState(0)
  const bar = useRef<HTMLDivElement>(null)
  const acknowledge = useDo('response.acknowledge_case', { onDone: () => tell(t('response:case.done_acknowledge')) })
  const take = useDo('response.take_case', { onDone: () => tell(t('response:case.done_take')) })
  // What was answered waits to be closed; another answer is the exception.
  const steps = one.state === 'answered' ? (['close', ...order.filter((ability) => ability !== 'close')] as const) : order
  const may = steps.filter((ability) => one.abilities[ability])
  const known = { id: one.id, seen: one.updatedAt }
  const form = open && one.abilities[open] ? open : undefined
  // A form whose right is gone does not come back by itself with the right.
  const gone = open !== undefined && form === undefined
  useEffect(() => {
    if (gone) setOpen(undefined)
  }, [gone])
  const show = (action: FormAction) => {
    setOpen(action)
    setFocus((before) => before + 1)
  }
  const fold = () => {
    bar.current?.querySelector<HTMLElement>('[aria-expanded=true]')?.focus()
    setOpen(undefined)
  }
  useKeys({
    ...(one.abilities.note ? { n: () => show('note') } : {}),
    ...(one.abilities.answer ? { r: () => show('answer') } : {}),
  })
  const kept = <KeptWords id={one.id} one={one} last={detail.events.at(-1)?.id ?? 0} onNote={() => show('note')} />
  if (may.length === 0) {
    return (
      <>
        {kept}
        <Panel className="no-print">
          <p className="quiet">{t('response:case.no_actions')}</p>
        </Panel>
      </>
    )
  }
  return (
    <>
      {kept}
      <Panel className="case-actions no-print">
        <div className="row" ref={bar}>
          {may.map((ability, index) => {
            const type = index === 0 && !form ? ('primary' as const) : ('default' as const)
            const name = t(`response:case.${words[ability]}`)
            if (ability === 'acknowledge' || ability === 'take') {
              const act = () => (ability === 'acknowledge' ? acknowledge : take).mutateAsync(known)
              return (
                <ConfirmButton key={ability} type={type} act={act}>
                  {name}
                </ConfirmButton>
              )
            }
            return (
              <Button
                key={ability}
                type={form === ability ? 'primary' : type}
                ghost={form === ability}
                aria-expanded={form === ability}
                onClick={() => (form === ability ? fold() : show(ability))}
              >
                {name}
                {drafts.has(ability) ? (
                  <span className="draft-dot" title={t('common:draft.unsent')}>
                    <span className="unseen">{t('common:draft.unsent')}</span>
                  </span>
                ) : null}
              </Button>
            )
          })}
        </div>
        <CaseFault error={acknowledge.error ?? take.error} />
        {form ? <CaseForm key={form} action={form} detail={detail} focus={focus} onFold={fold} /> : null}
      </Panel>
    </>
  )
}

/** A case that somebody else changed meanwhile is shown anew; every other refusal in its own words. */
export function CaseFault({ error }: { error: unknown }) {
  const { t } = useText()
  if (error instanceof Refusal && error.code === 'conflict') return <p className="error-line">{t('response:case.changed')}</p>
  return <ErrorLine error={error} />
}
