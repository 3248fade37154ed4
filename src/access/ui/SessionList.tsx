import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Empty } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { StateTag } from '../../../web/kit/tags.tsx'

type Session = Output<'access.list_sessions'>['sessions'][number]

/** Where somebody is signed in; each but the one that looks can be ended. */
export function SessionList({ sessions, end }: { sessions: readonly Session[]; end: (id: number) => Promise<unknown> }) {
  const { t } = useText()
  if (sessions.length === 0) return <Empty title={t('access:session.none')} />
  return (
    <ul className="stack" aria-label={t('access:session.title')}>
      {sessions.map((session) => (
        <li key={session.id} className="row row-ends">
          <span>
            <strong>{session.agent || t('access:session.program')}</strong> <span className="num">{session.address || '–'}</span>{' '}
            {session.here ? <StateTag tone="active">{t('access:session.here')}</StateTag> : null}
            <span className="quiet small session-times">
              {t('access:session.seen')} <TimeAgo at={session.seenAt} />
              {t('access:session.opened')} <TimeAgo at={session.openedAt} />
            </span>
          </span>
          {session.here ? null : (
            <ConfirmButton size="small" act={() => end(session.id)}>
              {t('access:session.end')}
            </ConfirmButton>
          )}
        </li>
      ))}
    </ul>
  )
}
