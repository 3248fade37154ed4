import { Button } from 'antd'
import { useAsk, useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { Panel } from '../../../web/kit/Page.tsx'
import { Empty } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { tell } from '../../../web/kit/toast.tsx'

type Letter = Output<'delivery.list_failed'>['letters'][number]

/** Mails and events that were given up, with the reason, to be sent again. */
export function FailedLetters() {
  const { t } = useText()
  const asked = useAsk('delivery.list_failed', { limit: 50 })
  const again = useDo('delivery.send_again', {
    onDone: ({ queued }) => {
      tell(t('delivery:sent_again', { count: queued }))
      void asked.refetch()
    },
  })
  return (
    <Panel title={t('delivery:failed_title')} flush>
      <DataTable
        label={t('delivery:failed_title')}
        columns={useColumns((id) => again.mutate({ ids: [id] }))}
        rows={asked.data?.letters}
        rowKey={(letter) => letter.id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={<Empty title={t('delivery:failed_empty')} hint={t('delivery:failed_lead')} />}
      />
    </Panel>
  )
}

function useColumns(sendAgain: (id: number) => void): Column<Letter>[] {
  const { t, say } = useText()
  return [
    { key: 'what', title: t('delivery:failed_what'), card: 'head', render: (letter) => say(letter) },
    {
      key: 'whom',
      title: t('delivery:failed_whom'),
      width: 160,
      card: 'foot',
      render: (letter) => letter.webhook ?? letter.person ?? <span className="quiet">–</span>,
    },
    {
      key: 'reason',
      title: t('delivery:failed_reason'),
      width: 200,
      card: 'pair',
      render: (letter) => (
        <>
          <code>{letter.problem}</code>
          <p className="cell-sub">{t('delivery:failed_tries', { count: letter.tries })}</p>
        </>
      ),
    },
    {
      key: 'at',
      title: t('delivery:last'),
      width: 120,
      card: 'pair',
      render: (letter) => <TimeAgo at={letter.endedAt ?? letter.at} />,
    },
    {
      key: 'again',
      title: t('delivery:send_again'),
      width: 110,
      card: 'foot',
      render: (letter) => (
        <Button size="small" onClick={() => sendAgain(letter.id)}>
          {t('delivery:send_again')}
        </Button>
      ),
    },
  ]
}
