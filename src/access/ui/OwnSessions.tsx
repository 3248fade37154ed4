import { useAsk, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Answer, ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { SessionList } from './SessionList.tsx'

/** Where one is signed in oneself. */
export function OwnSessions() {
  const { t } = useText()
  const asked = useAsk('access.list_sessions', {})
  const end = useDo('access.end_sessions', { onDone: ({ ended }) => tell(t('access:session.ended', { count: ended })) })
  return (
    <section className="stack">
      <h3>{t('access:session.title')}</h3>
      <Answer of={asked}>
        {({ sessions }) => (
          <>
            <SessionList sessions={sessions} end={(id) => end.mutateAsync({ id })} />
            {sessions.length > 1 ? (
              <div>
                <ConfirmButton question={t('access:session.end_others_question')} danger act={() => end.mutateAsync({})}>
                  {t('access:session.end_others')}
                </ConfirmButton>
              </div>
            ) : null}
          </>
        )}
      </Answer>
      <ErrorLine error={end.error} />
    </section>
  )
}
