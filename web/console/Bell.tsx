import { BellOutlined } from '@ant-design/icons'
import { Popover } from 'antd'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'react-router'
import { useAsk, useDo } from '../api.ts'
import { useText } from '../i18n/index.ts'
import type { Severity } from '../kit/labels.ts'
import { Answer, Empty } from '../kit/states.tsx'
import { TimeAgo } from '../kit/TimeAgo.tsx'
import { SeverityTag } from '../kit/tags.tsx'
import { titleUnread } from '../kit/title.ts'
import { useMe } from '../me.ts'
import { may } from './routes.tsx'

/** What the system has told this person, newest first, with a count of what they have not read. */
export function Bell() {
  const { t, say } = useText()
  const me = useMe()
  const { key } = useLocation()
  const [open, setOpen] = useState(false)
  const mine = may(me, 'delivery.read')
  const asked = useAsk('delivery.list_notices', { limit: 20 }, { enabled: mine })
  const read = useDo('delivery.mark_read')
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of place closes it
  useEffect(() => setOpen(false), [key])
  const unread = asked.data?.unread ?? 0
  useEffect(() => titleUnread(unread), [unread])
  if (!mine) return null
  // What comes in while the list is read is not read by pressing the button under it.
  const readAll = () => read.mutate({ upTo: Math.max(1, ...(asked.data?.notices ?? []).map(({ id }) => id)) })
  const burning = asked.data?.notices.some((notice) => !notice.readAt && notice.severity >= 4) ?? false
  const list = (
    <div className="bell-list">
      <div className="bell-head">
        <strong>{t('common:header.bell')}</strong>
        <button type="button" className="link-button" disabled={unread === 0 || read.isPending} onClick={readAll}>
          {t('common:bell.read_all')}
        </button>
      </div>
      <Answer of={asked}>
        {({ notices }) =>
          notices.length === 0 ? (
            <Empty title={t('common:bell.empty')} />
          ) : (
            <ul>
              {notices.map((notice) => (
                <li key={notice.id} className={notice.readAt || notice.over ? 'read' : ''}>
                  <Link to={notice.path} onClick={() => (notice.readAt ? undefined : read.mutate({ ids: [notice.id] }))}>
                    <span>{say(notice)}</span>
                    <span className="row row-tight quiet">
                      <SeverityTag level={notice.severity as Severity} />
                      <TimeAgo at={notice.at} />
                      {notice.over ? <span>{t('common:bell.over')}</span> : null}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </div>
  )
  return (
    <Popover
      content={list}
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      styles={{ container: { padding: 0 } }}
    >
      <button type="button" className="top-button" aria-label={`${t('common:header.bell')} ${unread}`} aria-expanded={open}>
        <BellOutlined />
        {unread > 0 ? <span className={`dot num ${burning ? 'burning' : ''}`}>{unread > 99 ? '99+' : unread}</span> : null}
      </button>
    </Popover>
  )
}
