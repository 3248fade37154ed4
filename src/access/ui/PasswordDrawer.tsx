import { useState } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { TextField } from '../../../web/kit/fields.tsx'
import { SideDrawer } from '../../../web/kit/SideDrawer.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { OwnSessions } from './OwnSessions.tsx'

const blank = { current: '', next: '', again: '' }

/** One's own account: where one is signed in, and the password. */
export default function PasswordDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const [draft, setDraft] = useState(blank)
  const change = useDo('access.change_password', {
    onDone: () => {
      tell(t('access:person.password_done'))
      onClose()
    },
  })
  const differs = draft.again !== '' && draft.again !== draft.next
  const lacks =
    (draft.current === '' && t('common:field.lacks', { what: t('access:person.password_current') })) ||
    (draft.next.length < 10 && t('common:field.lacks', { what: t('access:person.password_next') })) ||
    (draft.again !== draft.next && t(differs ? 'access:person.password_differs' : 'access:person.password_again'))
  return (
    <SideDrawer onClose={onClose} size={440} title={t('access:session.account')}>
      <div className="stack">
        <OwnSessions />
        <h3>{t('access:person.password')}</h3>
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
          <ConfirmButton
            type="primary"
            lacks={lacks}
            act={() => change.mutateAsync({ current: draft.current, next: draft.next })}
          >
            {t('access:person.password')}
          </ConfirmButton>
        </div>
      </div>
    </SideDrawer>
  )
}
