import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Choice, TextArea } from '../../../web/kit/fields.tsx'
import { Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import type { MentionDetail } from './MentionPage.tsx'

/** Opens a case by hand where the system saw no need for one. */
export function OpenCasePanel({ mention }: { mention: MentionDetail }) {
  const { t } = useText()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const [severity, setSeverity] = useState(String(Math.max(mention.severity, 1)))
  const [text, setText] = useState('')
  const start = useDo('response.open_case', {
    onDone: ({ id }) => {
      tell(t('monitoring:mention.opened'))
      void navigate(`/response/${id}`)
    },
  })
  if (!open) {
    return (
      <Panel>
        <Button block onClick={() => setOpen(true)}>
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
          onChange={setSeverity}
        />
        <TextArea label={t('monitoring:mention.open_case_text')} value={text} onChange={setText} maxLength={1000} />
        <ErrorLine error={start.error} />
        <div className="row">
          <ConfirmButton
            type="primary"
            act={() => start.mutateAsync({ mentionId: mention.id, severity: Number(severity), text })}
          >
            {t('monitoring:mention.open_case')}
          </ConfirmButton>
          <Button onClick={() => setOpen(false)}>{t('common:action.cancel')}</Button>
        </div>
      </div>
    </Panel>
  )
}
