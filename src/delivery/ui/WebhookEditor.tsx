import { Button } from 'antd'
import { useState } from 'react'
import { useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Check, Choice, TextField } from '../../../web/kit/fields.tsx'
import { severities } from '../../../web/kit/labels.ts'
import { Secret } from '../../../web/kit/Secret.tsx'
import { SideDrawer } from '../../../web/kit/SideDrawer.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { useUnitOptions } from '../../../web/units.ts'
import type { Webhook } from './DeliveryPage.tsx'

export default function WebhookEditor({ webhook, onClose }: { webhook: Webhook | undefined; onClose: () => void }) {
  const { t } = useText()
  const me = useMe()
  const units = useUnitOptions()
  const [secret, setSecret] = useState<string>()
  const kept = useDraft(`webhook:${webhook?.id ?? 'new'}`, {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    minSeverity: String(webhook?.minSeverity ?? 2),
    unitId: String(webhook?.unitId ?? me.unit.id),
    enabled: webhook?.enabled ?? true,
  })
  const { value: draft } = kept
  const setDraft = (change: typeof draft) => kept.set(change, webhook && Date.parse(webhook.updatedAt))
  const save = useDo('delivery.save_webhook', {
    onDone: (saved) => {
      kept.end()
      tell(t('delivery:saved'))
      if (saved.secret) setSecret(saved.secret)
      else onClose()
    },
  })
  const remove = useDo('delivery.delete_webhook', {
    onDone: () => {
      tell(t('delivery:removed'))
      onClose()
    },
  })
  const rotate = useDo('delivery.rotate_secret', { onDone: (made) => setSecret(made.secret) })
  const act = () =>
    save.mutateAsync({
      ...(webhook && { id: webhook.id, seen: webhook.updatedAt }),
      name: draft.name,
      url: draft.url.trim(),
      minSeverity: Number(draft.minSeverity),
      unitId: Number(draft.unitId),
      enabled: draft.enabled,
    })
  const lacks =
    (draft.name.trim() === '' && t('common:field.lacks', { what: t('delivery:name') })) ||
    (draft.url.trim() === '' && t('common:field.lacks', { what: t('delivery:url') }))
  const footer = secret ? (
    <Button type="primary" onClick={onClose}>
      {t('delivery:secret_kept')}
    </Button>
  ) : (
    <div className="row">
      <ConfirmButton type="primary" lacks={lacks} act={act}>
        {t('common:action.save')}
      </ConfirmButton>
      <Button onClick={onClose}>{t('common:action.fold')}</Button>
      <DraftNote of={kept} changedAt={webhook?.updatedAt} />
      {webhook ? (
        <span className="push row row-tight">
          <ConfirmButton
            type="text"
            question={t('delivery:rotate_question', { name: webhook.name })}
            act={() => rotate.mutateAsync({ id: webhook.id })}
          >
            {t('delivery:rotate')}
          </ConfirmButton>
          <ConfirmButton
            danger
            type="text"
            question={t('delivery:remove_question', { name: webhook.name })}
            act={() => remove.mutateAsync({ id: webhook.id })}
          >
            {t('common:action.remove')}
          </ConfirmButton>
        </span>
      ) : null}
    </div>
  )
  return (
    // A secret that is shown once is left by its own button alone, not by Esc or a click beside it.
    <SideDrawer
      onClose={() => (secret ? undefined : onClose())}
      size={480}
      title={t(webhook ? 'delivery:edit' : 'delivery:add')}
      footer={footer}
    >
      {secret ? (
        <Secret name={t('delivery:secret')} hint={t('delivery:secret_hint')} secret={secret} />
      ) : (
        <div className="stack">
          <ErrorLine error={save.error ?? rotate.error ?? remove.error} />
          <TextField
            label={t('delivery:name')}
            value={draft.name}
            maxLength={60}
            onChange={(name) => setDraft({ ...draft, name })}
          />
          <TextField
            label={t('delivery:url')}
            type="url"
            value={draft.url}
            maxLength={2000}
            placeholder="https://"
            onChange={(url) => setDraft({ ...draft, url })}
          />
          <div className="form-pair">
            <Choice
              label={t('delivery:min_severity')}
              value={draft.minSeverity}
              options={severities.map((level) => ({ value: String(level), label: t(`common:severity.${level}`) }))}
              onChange={(minSeverity) => setDraft({ ...draft, minSeverity })}
            />
            <Choice
              label={t('delivery:unit')}
              value={draft.unitId}
              options={units.length > 0 ? units : [{ value: draft.unitId, label: webhook?.unit ?? me.unit.name }]}
              search
              onChange={(unitId) => setDraft({ ...draft, unitId })}
            />
          </div>
          <p className="form-hint">{t('delivery:unit_hint')}</p>
          <Check label={t('delivery:enabled')} value={draft.enabled} onChange={(enabled) => setDraft({ ...draft, enabled })} />
          <p className="form-hint">{t('delivery:rest_hint')}</p>
        </div>
      )}
    </SideDrawer>
  )
}
