import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { type Output, useAsk, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { type Column, DataTable } from '../../../web/kit/DataTable.tsx'
import { CountLink } from '../../../web/kit/Figure.tsx'
import type { Severity } from '../../../web/kit/labels.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { dayStart } from '../../../web/kit/period.ts'
import { Empty, ErrorLine } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { SeverityTag, StateTag } from '../../../web/kit/tags.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'

const RuleEditor = lazy(() => import('./RuleEditor.tsx'))
export type Rule = Output<'monitoring.list_rules'>[number]

/** Keyword rules: what each finds, for whom, and how severe it makes it. */
export default function RulesPage() {
  const { t } = useText()
  const me = useMe()
  const asked = useAsk('monitoring.list_rules', {})
  const [editing, setEditing] = useState<Rule | 'new'>()
  // As it is now, not as it was when it was opened.
  const rule = editing === 'new' ? undefined : (asked.data?.find(({ id }) => id === editing?.id) ?? editing)
  const remove = useDo('monitoring.delete_rule', { onDone: () => tell(t('monitoring:rules.removed')) })
  const mayAdd = me.rights.includes('monitoring.manage_rules')
  const columns: Column<Rule>[] = [
    {
      key: 'name',
      title: t('monitoring:rules.name'),
      card: 'head',
      render: (rule) => (
        <>
          <strong className="row-link">{rule.name}</strong>
          <p className="code cell-sub two-lines">{rule.expression}</p>
          {rule.stopped > 0 ? (
            <p className="source-problem">
              {t('monitoring:rules.stopped', { count: rule.stopped })} {rule.stoppedAt ? <TimeAgo at={rule.stoppedAt} /> : null}
            </p>
          ) : null}
        </>
      ),
    },
    { key: 'unit', title: t('monitoring:rules.unit'), width: 150, card: 'foot', render: (rule) => rule.unit.name },
    {
      key: 'floor',
      title: t('monitoring:rules.floor'),
      width: 120,
      card: 'foot',
      render: (rule) =>
        rule.severityFloor > 0 ? (
          <SeverityTag level={rule.severityFloor as Severity} />
        ) : (
          <span className="quiet">{t('monitoring:rules.floor_none')}</span>
        ),
    },
    {
      key: 'matched',
      title: t('monitoring:rules.matched'),
      width: 118,
      align: 'end',
      render: (rule) => (
        <CountLink value={rule.matched} to={`/monitoring?ruleId=${rule.id}&since=${encodeURIComponent(dayStart(29))}`} />
      ),
    },
    {
      key: 'state',
      title: t('monitoring:rules.state'),
      width: 76,
      card: 'foot',
      render: (rule) => (
        <StateTag tone={rule.enabled ? 'active' : 'off'}>
          {t(rule.enabled ? 'monitoring:rules.enabled' : 'monitoring:rules.disabled')}
        </StateTag>
      ),
    },
    {
      key: 'updated',
      title: t('monitoring:rules.updated'),
      width: 106,
      align: 'end',
      card: 'foot',
      render: (rule) => <TimeAgo at={rule.updatedAt} />,
    },
    {
      key: 'actions',
      title: t('common:action.actions'),
      width: 70,
      align: 'end',
      card: 'foot',
      render: (rule) =>
        rule.abilities.edit ? (
          <ConfirmButton
            size="small"
            type="text"
            danger
            question={t('monitoring:rules.remove_question', { name: rule.name })}
            detail={t('monitoring:rules.remove_detail')}
            act={() => remove.mutateAsync({ id: rule.id })}
          >
            {t('common:action.remove')}
          </ConfirmButton>
        ) : null,
    },
  ]
  return (
    <Page
      title={t('monitoring:rules.title')}
      lead={t('monitoring:rules.lead')}
      actions={
        mayAdd ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('monitoring:rules.add')}
          </Button>
        ) : undefined
      }
    >
      <ErrorLine error={remove.error} />
      <Panel flush>
        <DataTable
          label={t('monitoring:rules.title')}
          columns={columns}
          rows={asked.data}
          rowKey={(rule) => rule.id}
          onOpen={setEditing}
          error={asked.error}
          onRetry={() => void asked.refetch()}
          empty={<Empty title={t('monitoring:rules.empty')} hint={<code>{t('monitoring:rules.empty_hint')}</code>} />}
        />
      </Panel>
      {editing ? (
        <Suspense>
          <RuleEditor rule={rule} onClose={() => setEditing(undefined)} />
        </Suspense>
      ) : null}
    </Page>
  )
}
