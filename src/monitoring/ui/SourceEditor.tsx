import { Button } from 'antd'
import { useState } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Check, Choice, NumberField, TextField } from '../../../web/kit/fields.tsx'
import { platforms } from '../../../web/kit/labels.ts'
import { Secret } from '../../../web/kit/Secret.tsx'
import { SideDrawer } from '../../../web/kit/SideDrawer.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { usePlatformName } from '../../../web/kit/tags.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { useUnitOptions } from '../../../web/units.ts'
import { SourceProblems } from './SourceProblems.tsx'
import type { Source } from './SourcesPage.tsx'
import { WebhookHelp } from './WebhookHelp.tsx'

const kinds = ['feed', 'webhook', 'file'] as const

export default function SourceEditor({ source, onClose }: { source: Source | undefined; onClose: () => void }) {
  const { t } = useText()
  const me = useMe()
  const units = useUnitOptions()
  const platformName = usePlatformName()
  const [secret, setSecret] = useState<string>()
  const kept = useDraft(`source:${source?.id ?? 'new'}`, {
    name: source?.name ?? '',
    kind: source?.kind ?? ('feed' as const),
    url: source?.url ?? '',
    platform: source?.platform ?? 'news',
    unitId: String(source?.unit.id ?? me.unit.id),
    intervalSeconds: source?.intervalSeconds ?? 300,
    enabled: source?.enabled ?? true,
  })
  const { value: draft } = kept
  const setDraft = (change: typeof draft) => kept.set(change, source && Date.parse(source.updatedAt))
  const save = useDo('monitoring.save_source', {
    onDone: ({ webhookSecret }) => {
      kept.end()
      tell(t('monitoring:sources.saved'))
      if (webhookSecret) setSecret(webhookSecret)
      else onClose()
    },
  })
  const renew = useDo('monitoring.renew_secret', { onDone: ({ webhookSecret }) => setSecret(webhookSecret) })
  const remove = useDo('monitoring.delete_source', {
    onDone: () => {
      tell(t('monitoring:sources.removed'))
      onClose()
    },
  })
  const unitChoices = units.length > 0 ? units : [{ value: draft.unitId, label: source?.unit.name ?? me.unit.name }]
  const platformChoices = [...new Set([...platforms, draft.platform])].map((value) => ({ value, label: platformName(value) }))
  const isFeed = draft.kind === 'feed'
  const hookId = source?.id ?? save.data?.id ?? 0
  const lacks =
    (draft.name.trim() === '' && t('common:field.lacks', { what: t('monitoring:sources.name') })) ||
    (isFeed && draft.url.trim() === '' && t('common:field.lacks', { what: t('monitoring:sources.url') }))
  const act = () =>
    save.mutateAsync({
      ...(source && { id: source.id, seen: source.updatedAt }),
      name: draft.name,
      kind: draft.kind,
      url: isFeed ? draft.url : null,
      platform: draft.platform,
      unitId: Number(draft.unitId),
      intervalSeconds: draft.intervalSeconds,
      enabled: draft.enabled,
    })
  const footer = secret ? (
    <Button type="primary" onClick={onClose}>
      {t('monitoring:sources.secret_kept')}
    </Button>
  ) : (
    <div className="row">
      <ConfirmButton type="primary" disabled={source?.abilities.edit === false} lacks={lacks} act={act}>
        {t('common:action.save')}
      </ConfirmButton>
      <Button onClick={onClose}>{t('common:action.fold')}</Button>
      <DraftNote of={kept} changedAt={source?.updatedAt} />
      {source?.abilities.edit ? (
        <span className="push">
          <ConfirmButton
            danger
            type="text"
            question={t('monitoring:sources.remove_question', { name: source.name })}
            detail={t('monitoring:sources.remove_detail')}
            act={() => remove.mutateAsync({ id: source.id })}
          >
            {t('common:action.remove')}
          </ConfirmButton>
        </span>
      ) : null}
    </div>
  )
  return (
    <SideDrawer
      onClose={onClose}
      size={640}
      // The secret is told once: a key or a click beside must not take it away.
      closable={!secret}
      keyboard={!secret}
      maskClosable={!secret}
      title={t(source ? 'monitoring:sources.edit' : 'monitoring:sources.add')}
      footer={footer}
    >
      {secret ? (
        <div className="stack">
          <Secret
            name={t('monitoring:sources.secret_title')}
            hint={t('monitoring:sources.secret_hint')}
            secret={secret}
            address={[t('monitoring:sources.webhook_url'), `${location.origin}/intake/${hookId}`]}
          />
          <WebhookHelp sourceId={hookId} />
        </div>
      ) : (
        <div className="stack">
          <ErrorLine error={save.error ?? renew.error ?? remove.error} />
          <Choice
            label={t('monitoring:sources.kind')}
            value={draft.kind}
            options={kinds.map((kind) => ({ value: kind, label: t(`monitoring:sources.kind_${kind}`) }))}
            onChange={(kind) => setDraft({ ...draft, kind })}
          />
          <TextField
            label={t('monitoring:sources.name')}
            value={draft.name}
            maxLength={60}
            onChange={(name) => setDraft({ ...draft, name })}
          />
          {isFeed ? (
            <TextField
              label={t('monitoring:sources.url')}
              type="url"
              value={draft.url}
              maxLength={2000}
              placeholder="https://"
              onChange={(url) => setDraft({ ...draft, url })}
            />
          ) : null}
          <div className="form-pair">
            <Choice
              label={t('monitoring:sources.platform')}
              value={draft.platform}
              options={platformChoices}
              onChange={(platform) => setDraft({ ...draft, platform })}
            />
            <Choice
              label={t('monitoring:sources.unit')}
              value={draft.unitId}
              options={unitChoices}
              search
              onChange={(unitId) => setDraft({ ...draft, unitId })}
            />
          </div>
          {isFeed ? (
            <NumberField
              label={t('monitoring:sources.interval')}
              value={draft.intervalSeconds}
              min={10}
              max={86_400}
              unit={t('monitoring:sources.interval_unit')}
              onChange={(intervalSeconds) => setDraft({ ...draft, intervalSeconds })}
            />
          ) : null}
          <Check
            label={t('monitoring:sources.enabled')}
            value={draft.enabled}
            onChange={(enabled) => setDraft({ ...draft, enabled })}
          />
          {source?.kind === 'webhook' ? (
            <>
              <WebhookHelp sourceId={source.id} />
              {source.abilities.edit ? (
                <div>
                  <ConfirmButton
                    question={t('monitoring:sources.renew_question')}
                    detail={t('monitoring:sources.renew_detail')}
                    act={() => renew.mutateAsync({ id: source.id })}
                  >
                    {t('monitoring:sources.renew')}
                  </ConfirmButton>
                </div>
              ) : null}
            </>
          ) : null}
          {source ? <SourceProblems sourceId={source.id} /> : null}
        </div>
      )}
    </SideDrawer>
  )
}
