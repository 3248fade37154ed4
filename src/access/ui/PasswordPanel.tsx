import { useState } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { TextField } from '../../../web/kit/fields.tsx'
import { Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'

const blank = { current: '', next: '', again: '' }

/** One's own password. */
export function PasswordPanel() {
  const { t } = useText()
  const [draft, setDraft] = useState(blank)
  const change = useDo('access.change_password', {
    onDone: () => {
      tell(t('access:person.password_done'))
      setDraft(blank)
    },
  })
  const differs = draft.again !== '' && draft.again !== draft.next
  const ready = draft.current !== '' && draft.next.length >= 10 && draft.again === draft.next
  return (
    <Panel title={t('access:person.password')}>
      <div className="stack narrow">
        <TextField
          type="password"
          label={t('access:person.password_current')}
          value={draft.current}
          maxLength={200}
          onChange={(current) => setDraft({ ...draft, current })}
        />
        <TextField
          type="password"
          label={t('access:person.password_next')}
          value={draft.next}
          maxLength={200}
          onChange={(next) => setDraft({ ...draft, next })}
        />
        <TextField
          type="password"
          label={t('access:person.password_again')}
          value={draft.again}
          maxLength={200}
          error={differs ? t('access:person.password_differs') : undefined}
          onChange={(again) => setDraft({ ...draft, again })}
        />
        <ErrorLine error={change.error} />
        <div>
          <ConfirmButton disabled={!ready} act={() => change.mutateAsync({ current: draft.current, next: draft.next })}>
            {t('access:person.password')}
          </ConfirmButton>
        </div>
      </div>
    </Panel>
  )
}
