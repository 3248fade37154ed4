import { useAsk, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Panel } from '../../../web/kit/Page.tsx'
import { Answer, ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { SessionList } from './SessionList.tsx'

/** Where a person is signed in, for those who look after the account. */
export function PersonSessions({ id }: { id: number }) {
  const { t } = useText()
  const asked = useAsk('access.list_person_sessions', { id })
  const end = useDo('access.end_person_sessions', {
    onDone: ({ ended }) => tell(t('access:session.ended', { count: ended })),
  })
  return (
    <Panel
      title={t('access:session.title')}
      aside={
        (asked.data?.sessions.length ?? 0) > 1 ? (
          <ConfirmButton size="small" question={t('access:session.end_all_question')} danger act={() => end.mutateAsync({ id })}>
            {t('access:session.end_all')}
          </ConfirmButton>
        ) : undefined
      }
    >
      <Answer of={asked}>
        {({ sessions }) => <SessionList sessions={sessions} end={(session) => end.mutateAsync({ id, session })} />}
      </Answer>
      <ErrorLine error={end.error} />
    </Panel>
  )
}
