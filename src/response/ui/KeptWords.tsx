import { Button } from 'antd'
import { useText } from '../../../web/i18n/index.ts'
import { copyText } from '../../../web/kit/copy.ts'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { appendDraft, useDraft, useDrafts } from '../../../web/kit/draft.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { actions, draftKey, type FormAction, formActions } from './CaseForm.tsx'
import type { Case } from './CaseTable.tsx'

interface KeptWordsProps {
  id: number
  /** Absent when the case may no longer be seen at all. */
  one?: Case | undefined
  /** The newest event that the page shows. */
  last?: number
  onNote?: (() => void) | undefined
}

/** What was typed for an action that is no longer this person's: kept, said why, and one click from being a note. */
export function KeptWords({ id, one, last = 0, onNote }: KeptWordsProps) {
  const drafts = useDrafts(`case:${id}:`)
  return formActions
    .filter((action) => drafts.get(action)?.words.text && !one?.abilities[action])
    .map((action) => <Kept key={action} id={id} one={one} action={action} last={last} onNote={onNote} />)
}

function Kept({ id, one, action, last = 0, onNote }: KeptWordsProps & { action: FormAction }) {
  const { t } = useText()
  const me = useMe()
  const draft = useDraft(draftKey(id, action), { text: '' })
  const name = t(`response:case.${actions[action].word}`)
  const copy = async () => {
    tell(t((await copyText(draft.value.text)) ? 'common:action.copied' : 'common:action.not_copied'))
  }
  const why = !one
    ? t('response:kept.gone')
    : one.state === 'closed'
      ? t('response:kept.closed')
      : t('response:kept.moved', { state: t(`response:state.${one.state}`), holder: t(`response:holder.${one.holder}`) })
  return (
    <Panel className="no-print kept-words">
      <p role="status">
        <strong>{why}</strong> {t(one?.abilities.note && onNote ? 'response:kept.as_note' : 'response:kept.copy', { name })}
      </p>
      <p className="timeline-body kept-text">{draft.value.text}</p>
      <div className="row">
        {one?.abilities.note && onNote ? (
          <Button
            type="primary"
            onClick={() => {
              appendDraft(me.person.id, draftKey(id, action), draftKey(id, 'note'), 'text', last)
              onNote()
            }}
          >
            {t('response:kept.make_note')}
          </Button>
        ) : null}
        <Button onClick={() => void copy()}>{t('common:action.copy')}</Button>
        <DraftNote of={draft} />
      </div>
    </Panel>
  )
}
