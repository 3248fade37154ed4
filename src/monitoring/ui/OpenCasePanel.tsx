import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useAsk, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Choice, overshoot, TextArea } from '../../../web/kit/fields.tsx'
import { Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import type { MentionDetail } from './MentionPage.tsx'

/** In which case a mention is; where it is in none, the way to open one. */
export function CaseOfMention({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  const reads = useMe().rights.includes('response.read')
  const asked = useAsk('response.find_cases', { mentionIds: [mention.id] }, { enabled: reads })
  const [found] = asked.data?.cases ?? []
  if (found) {
    return (
      <Panel>
        <p className="row">
          {t('monitoring:mention.in_case')}
          <Link to={`/response/${found.id}`}>{t('response:case.title', { id: found.id })}</Link>
          <span className="quiet">{t(`response:state.${found.state}`)}</span>
        </p>
      </Panel>
    )
  }
  return mention.abilities.openCase && asked.data ? <OpenCasePanel mention={mention} /> : null
}

/** Opens a case by hand where the system saw no need for one. */
function OpenCasePanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  const navigate = useNavigate()
  const draft = useDraft(`mention:${mention.id}:open_case`, { severity: String(Math.max(mention.severity, 1)), text: '' })
  const { severity, text } = draft.value
  const [open, setOpen] = useState(draft.kept !== undefined)
  const [focus, setFocus] = useState(0)
  const start = useDo('response.open_case', {
    onDone: ({ id }) => {
      draft.end()
      tell(t('monitoring:mention.opened'))
      void navigate(`/response/${id}`)
    },
  })
  if (!open) {
    return (
      <Panel>
        <Button
          block
          onClick={() => {
            setOpen(true)
            setFocus(1)
          }}
        >
          {t('monitoring:mention.open_case')}
        </Button>
      </Panel>
    )
  }
  return (
    <Panel title={t('monitoring:mention.open_case')}>
      <div className="stack">
        <p className="quiet small">{t('monitoring:mention.open_case_hint')}</p>
        <Choice
          label={t('common:severity.label')}
          value={severity}
          options={([1, 2, 3, 4] as const).map((level) => ({ value: String(level), label: t(`common:severity.${level}`) }))}
          onChange={(value) => draft.set({ severity: value })}
        />
        <TextArea
          label={t('monitoring:mention.open_case_text')}
          value={text}
          maxLength={1000}
          focus={focus}
          onChange={(value) => draft.set({ text: value })}
        />
        <ErrorLine error={start.error} />
        <div className="row">
          <ConfirmButton
            type="primary"
            lacks={overshoot(text, 1000) > 0 && t('common:field.too_long')}
            act={() => start.mutateAsync({ mentionId: mention.id, severity: Number(severity), text })}
          >
            {t('monitoring:mention.open_case')}
          </ConfirmButton>
          <Button onClick={() => setOpen(false)}>{t('common:action.fold')}</Button>
          <DraftNote of={draft} />
        </div>
      </div>
    </Panel>
  )
}
