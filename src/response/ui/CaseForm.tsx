import { Button } from 'antd'
import { type KeyboardEvent, useRef } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Choice, overshoot, TextArea, TextField } from '../../../web/kit/fields.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { CaseFault } from './CaseActions.tsx'
import { NewsLine, useNews } from './CaseNews.tsx'
import type { CaseDetail } from './CasePage.tsx'

export const formActions = ['note', 'answer', 'close', 'reopen', 'passUp', 'takeOver', 'handBack'] as const
export type FormAction = (typeof formActions)[number]
export const outcomes = ['resolved', 'explained', 'refuted', 'false_alarm', 'not_ours'] as const
type Outcome = (typeof outcomes)[number]

/** How each action is asked, what it is called, and whether it may go without words. */
export const actions = {
  note: { ask: 'response.note_case', word: 'note', optional: false, limit: 10_000 },
  answer: { ask: 'response.answer_case', word: 'answer', optional: false, limit: 10_000 },
  close: { ask: 'response.close_case', word: 'close', optional: true, limit: 10_000 },
  reopen: { ask: 'response.reopen_case', word: 'reopen', optional: false, limit: 1000 },
  passUp: { ask: 'response.pass_up_case', word: 'pass_up', optional: false, limit: 1000 },
  takeOver: { ask: 'response.take_over_case', word: 'take_over', optional: true, limit: 1000 },
  handBack: { ask: 'response.hand_back_case', word: 'hand_back', optional: false, limit: 1000 },
} as const

export const draftKey = (caseId: number, action: FormAction) => `case:${caseId}:${action}`

/** An empty form; a correction may have said how the case ends. */
const blankOf = ({ offer }: CaseDetail['case']) => ({
  text: '',
  channel: '',
  link: '',
  outcome: (offer === 'not_ours' ? 'not_ours' : offer === 'harmless' ? 'false_alarm' : '') as Outcome | '',
})

interface CaseFormProps {
  action: FormAction
  detail: CaseDetail
  /** Grows each time that the keyboard is wanted here. */
  focus: number
  /** Folds the form up; what was typed stays. */
  onFold: () => void
}

/** The words that go with an action. They stay until they were sent, whatever happens to the form. */
export function CaseForm({ action, detail, focus, onFold }: CaseFormProps) {
  const { t } = useText()
  const one = detail.case
  const { ask, word, optional, limit } = actions[action]
  const draft = useDraft(draftKey(one.id, action), blankOf(one))
  const news = useNews(detail.events, draft)
  const form = useRef<HTMLFieldSetElement>(null)
  const { text, channel, link, outcome } = draft.value
  const change = useDo(ask, {
    onDone: () => {
      draft.end()
      tell(t(`response:case.done_${word}`))
      onFold()
    },
  })
  const set = (part: Partial<ReturnType<typeof blankOf>>) => draft.set(part, detail.events.at(-1)?.id ?? 0)
  const input = {
    id: one.id,
    seen: one.updatedAt,
    text,
    ...(action === 'answer' && { channel, link: link.trim() }),
    ...(action === 'close' && { outcome }),
  }
  // What was never answered, or needed no answer, is closed with its reason.
  const needsText =
    action === 'close' ? one.state !== 'answered' || outcome === 'false_alarm' || outcome === 'not_ours' : !optional
  const name = t(action === 'close' && needsText ? 'response:case.text_close_needed' : `response:case.text_${word}`)
  const linkBad = link.trim() !== '' && !/^https?:\/\/\S+\.\S+/.test(link.trim())
  const lacks =
    (action === 'close' && outcome === '' && t('common:field.lacks', { what: t('response:case.outcome') })) ||
    (needsText && text.trim() === '' && t('common:field.lacks', { what: name })) ||
    (linkBad && t('response:case.link_bad')) ||
    (overshoot(text, limit) + overshoot(channel, 60) + overshoot(link, 2000) > 0 && t('common:field.too_long'))
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
    // Escape first closes what has opened inside the form.
    if (event.target instanceof Element && event.target.getAttribute('aria-expanded') === 'true') return
    event.stopPropagation()
    onFold()
  }
  return (
    <fieldset ref={form} className="stack case-form" disabled={change.isPending} onKeyDown={onKey}>
      <legend className="unseen">{t(`response:case.${word}`)}</legend>
      {action === 'close' ? (
        <Choice
          label={t('response:case.outcome')}
          value={outcome}
          options={outcomes.map((value) => ({ value, label: t(`response:case.outcome_${value}`) }))}
          onChange={(value) => set({ outcome: value })}
        />
      ) : null}
      <TextArea label={name} value={text} maxLength={limit} focus={focus} onChange={(value) => set({ text: value })} />
      {action === 'answer' ? (
        <div className="form-pair">
          <TextField
            label={t('response:case.channel')}
            value={channel}
            maxLength={60}
            placeholder={t('response:case.channel_hint')}
            onChange={(value) => set({ channel: value })}
          />
          <TextField
            label={t('response:case.link')}
            type="url"
            value={link}
            maxLength={2000}
            placeholder="https://"
            error={linkBad ? t('response:case.link_bad') : undefined}
            onChange={(value) => set({ link: value })}
          />
        </div>
      ) : null}
      <CaseFault error={change.error} />
      <NewsLine news={news} onRead={() => draft.remark(detail.events.at(-1)?.id ?? 0)} />
      <div className="row">
        <ConfirmButton
          type="primary"
          lacks={lacks}
          {...(news.length > 0 && {
            question: t('response:case.news_question', { count: news.length }),
            detail: t('response:case.news_detail'),
          })}
          act={() => change.mutateAsync(input as Parameters<typeof change.mutateAsync>[0])}
        >
          {t(`response:case.submit_${word}`)}
        </ConfirmButton>
        <Button onClick={onFold}>{t('common:action.fold')}</Button>
        <DraftNote of={draft} />
      </div>
    </fieldset>
  )
}
