import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useAsk } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import type { Severity } from '../../../web/kit/labels.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, Empty, Loading } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { SeverityTag, StateTag } from '../../../web/kit/tags.tsx'
import { FailedLetters } from './FailedLetters.tsx'

const WebhookEditor = lazy(() => import('./WebhookEditor.tsx'))
export type Webhook = Output<'delivery.list_webhooks'>['webhooks'][number]

/** Where notices go beside the bell: mail, and the systems of others. */
export default function DeliveryPage() {
  const { t } = useText()
  const asked = useAsk('delivery.list_webhooks', {})
  const [editing, setEditing] = useState<Webhook | 'new'>()
  // As it is now, not as it was when it was opened.
  const webhook = editing === 'new' ? undefined : (asked.data?.webhooks?.find(({ id }) => id === editing?.id) ?? editing)
  return (
    <Page
      title={t('delivery:title')}
      lead={t('delivery:lead')}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
          {t('delivery:add')}
        </Button>
      }
    >
      <Panel title={t('delivery:mail')}>
        <Answer of={asked} loading={<Loading rows={1} />}>
          {({ mail }) => (
            <>
              <p className="row">
                <span>{mail.configured ? t('delivery:mail_on', { from: mail.from }) : t('delivery:mail_off')}</span>
                {mail.waiting > 0 ? (
                  <span className="num soft">{t('delivery:mail_waiting', { count: mail.waiting })}</span>
                ) : null}
                {mail.failed > 0 ? <span className="num soft">{t('delivery:mail_failed', { count: mail.failed })}</span> : null}
              </p>
              {mail.lastProblem ? <code className="quiet small">{mail.lastProblem}</code> : null}
            </>
          )}
        </Answer>
      </Panel>
      <Panel title={t('delivery:webhooks')} flush>
        <DataTable
          label={t('delivery:webhooks')}
          columns={useColumns()}
          rows={asked.data?.webhooks}
          rowKey={(webhook) => webhook.id}
          onOpen={setEditing}
          mark={(webhook) => (webhook.failures > 0 ? 'unread' : undefined)}
          error={asked.error}
          onRetry={() => void asked.refetch()}
          empty={<Empty title={t('delivery:empty')} hint={t('delivery:empty_hint')} />}
        />
      </Panel>
      <FailedLetters />
      {editing ? (
        <Suspense>
          <WebhookEditor webhook={webhook} onClose={() => setEditing(undefined)} />
        </Suspense>
      ) : null}
    </Page>
  )
}

function useColumns(): Column<Webhook>[] {
  const { t } = useText()
  return [
    {
      key: 'name',
      title: t('delivery:name'),
      card: 'head',
      render: (webhook) => (
        <>
          <strong className="row-link">{webhook.name}</strong>
          <p className="cell-sub clip">{webhook.url}</p>
        </>
      ),
    },
    { key: 'unit', title: t('delivery:unit'), width: 170, card: 'foot', render: (webhook) => webhook.unit },
    {
      key: 'severity',
      title: t('delivery:min_severity'),
      width: 130,
      card: 'foot',
      render: (webhook) => <SeverityTag level={webhook.minSeverity as Severity} />,
    },
    {
      key: 'state',
      title: t('delivery:state'),
      width: 90,
      card: 'foot',
      render: (webhook) => (
        <StateTag tone={webhook.enabled ? 'active' : 'off'}>
          {t(webhook.enabled ? 'delivery:enabled' : 'delivery:disabled')}
        </StateTag>
      ),
    },
    {
      key: 'last',
      title: t('delivery:last'),
      width: 120,
      card: 'pair',
      render: (webhook) =>
        webhook.lastAt ? <TimeAgo at={webhook.lastAt} /> : <span className="quiet">{t('delivery:never')}</span>,
    },
    {
      key: 'outcome',
      title: t('delivery:outcome'),
      width: 140,
      card: 'pair',
      render: (webhook) => (
        <>
          <code>{webhook.lastOutcome ?? '–'}</code>
          {webhook.offReason ? <p className="cell-sub">{t(`delivery:off_${webhook.offReason}`)}</p> : null}
          {webhook.waiting > 0 ? <p className="cell-sub">{t('delivery:waiting', { count: webhook.waiting })}</p> : null}
          {webhook.failures > 0 ? <p className="cell-sub">{t('delivery:failures', { count: webhook.failures })}</p> : null}
        </>
      ),
    },
  ]
}
