import { Button } from 'antd'
import { useState } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Choice, TextArea, TextField } from '../../../web/kit/fields.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { CaseFault } from './CaseActions.tsx'
import type { Case } from './CaseTable.tsx'

export type FormAction = 'note' | 'answer' | 'close' | 'reopen' | 'passUp' | 'takeOver' | 'handBack'
const outcomes = ['resolved', 'explained', 'refuted', 'false_alarm'] as const

/** How each action is asked, what it is called, and whether it may go without words. */
const actions = {
  note: { ask: 'response.note_case', word: 'note', optional: false, limit: 4000 },
  answer: { ask: 'response.answer_case', word: 'answer', optional: false, limit: 4000 },
  close: { ask: 'response.close_case', word: 'close', optional: true, limit: 4000 },
  reopen: { ask: 'response.reopen_case', word: 'reopen', optional: false, limit: 1000 },
  passUp: { ask: 'response.pass_up_case', word: 'pass_up', optional: false, limit: 1000 },
  takeOver: { ask: 'response.take_over_case', word: 'take_over', optional: true, limit: 1000 },
  handBack: { ask: 'response.hand_back_case', word: 'hand_back', optional: false, limit: 1000 },
} as const

/** The words that go with an action. They stay in place when the server refuses. */
export function CaseForm({ action, one, onEnd }: { action: FormAction; one: Case; onEnd: () => void }) {
  const { t } = useText()
  const { ask, word, optional, limit } = actions[action]
  const [text, setText] = useState('')
  const [channel, setChannel] = useState('')
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('resolved')
  const change = useDo(ask, {
    onDone: () => {
      tell(t(`response:case.done_${word}`))
      onEnd()
    },
  })
  const input = {
    id: one.id,
    seen: one.updatedAt,
    text,
    ...(action === 'answer' && { channel }),
    ...(action === 'close' && { outcome }),
  }
  return (
    <div className="stack case-form">
      {action === 'close' ? (
        <Choice
          label={t('response:case.outcome')}
          value={outcome}
          options={outcomes.map((value) => ({ value, label: t(`response:case.outcome_${value}`) }))}
          onChange={setOutcome}
        />
      ) : null}
      <TextArea label={t(`response:case.text_${word}`)} value={text} maxLength={limit} onChange={setText} />
      {action === 'answer' ? (
        <TextField
          label={t('response:case.channel')}
          value={channel}
          maxLength={60}
          placeholder={t('response:case.channel_hint')}
          onChange={setChannel}
        />
      ) : null}
      <CaseFault error={change.error} />
      <div className="row">
        <ConfirmButton
          type="primary"
          disabled={!optional && text.trim() === ''}
          act={() => change.mutateAsync(input as Parameters<typeof change.mutateAsync>[0])}
        >
          {t(`response:case.${word}`)}
        </ConfirmButton>
        <Button onClick={onEnd}>{t('common:action.cancel')}</Button>
      </div>
    </div>
  )
}
