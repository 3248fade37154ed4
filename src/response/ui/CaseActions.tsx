import { Button } from 'antd'
import { useState } from 'react'
import { Refusal, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { useKeys } from '../../../web/kit/keys.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { CaseForm, type FormAction } from './CaseForm.tsx'
import type { Case } from './CaseTable.tsx'

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
export function CaseActions({ one }: { one: Case }) {
  const { t } = useText()
  const [open, setOpen] = useState<FormAction>()
  const acknowledge = useDo('response.acknowledge_case', { onDone: () => tell(t('response:case.done_acknowledge')) })
  const take = useDo('response.take_case', { onDone: () => tell(t('response:case.done_take')) })
  // What was answered waits to be closed; another answer is the exception.
  const steps = one.state === 'answered' ? (['close', ...order.filter((ability) => ability !== 'close')] as const) : order
  const may = steps.filter((ability) => one.abilities[ability])
  const known = { id: one.id, seen: one.updatedAt }
  const form = open && one.abilities[open] ? open : undefined
  const error = acknowledge.error ?? take.error
  useKeys({
    ...(one.abilities.note ? { n: () => setOpen('note') } : {}),
    ...(one.abilities.answer ? { r: () => setOpen('answer') } : {}),
  })
  if (may.length === 0) {
    return (
      <Panel>
        <p className="quiet">{t('response:case.no_actions')}</p>
      </Panel>
    )
  }
  return (
    <Panel className="case-actions no-print">
      <div className="row">
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
              aria-expanded={form === ability}
              onClick={() => setOpen(form === ability ? undefined : ability)}
            >
              {name}
            </Button>
          )
        })}
      </div>
      <CaseFault error={error} />
      {form ? <CaseForm key={form} action={form} one={one} onEnd={() => setOpen(undefined)} /> : null}
    </Panel>
  )
}

/** A case that somebody else changed meanwhile is shown anew; every other refusal in its own words. */
export function CaseFault({ error }: { error: unknown }) {
  const { t } = useText()
  if (error instanceof Refusal && error.code === 'conflict') return <p className="error-line">{t('response:case.changed')}</p>
  return <ErrorLine error={error} />
}
