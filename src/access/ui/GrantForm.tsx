import { Button } from 'antd'
import { useAsk, useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Choice, DayField, TextField } from '../../../web/kit/fields.tsx'
import { dayStart } from '../../../web/kit/period.ts'
import { SideDrawer } from '../../../web/kit/SideDrawer.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useUnitOptions, useUnits } from '../../../web/units.ts'
import { RightName } from './RightName.tsx'

/** Which role, where, until when and why. What the role holds is shown before it is given. */
export default function GrantForm({ person, onClose }: { person: Output<'access.get_person'>['person']; onClose: () => void }) {
  const { t, language } = useText()
  const roles = useAsk('access.list_roles', {})
  const units = useUnitOptions()
  const { ordered } = useUnits()
  const kept = useDraft(`person:${person.id}:grant`, { roleId: '', chosen: '', until: '', reason: '' })
  const { roleId, chosen, until, reason } = kept.value
  const grant = useDo('access.grant_role', {
    onDone: () => {
      kept.end()
      tell(t('access:person.granted'))
      onClose()
    },
  })
  // Somebody of a department is offered the unit that it belongs to.
  const home = ordered.find(({ unit }) => unit.id === person.unit.id)?.unit.branchId
  const unitId = chosen || String(home ?? '')
  const role = roles.data?.find((one) => String(one.id) === roleId)
  const act = () =>
    grant.mutateAsync({
      personId: person.id,
      roleId: Number(roleId),
      unitId: Number(unitId),
      validUntil: until ? `${until}T23:59:59+08:00` : null,
      reason,
    })
  const lacks =
    (!roleId && t('common:field.lacks', { what: t('access:person.grant_role') })) ||
    (!unitId && t('common:field.lacks', { what: t('access:person.grant_unit') })) ||
    (reason.trim().length < 2 && t('common:field.lacks', { what: t('access:person.grant_reason') }))
  const unitChoices = units.length > 0 ? units : [{ value: String(person.unit.id), label: person.unit.name }]
  return (
    <SideDrawer
      onClose={onClose}
      size={460}
      title={`${t('access:person.grant')} · ${person.name}`}
      footer={
        <div className="row">
          <ConfirmButton type="primary" lacks={lacks} act={act}>
            {t('access:person.grant')}
          </ConfirmButton>
          <Button onClick={onClose}>{t('common:action.fold')}</Button>
          <DraftNote of={kept} />
        </div>
      }
    >
      <div className="stack">
        <ErrorLine error={grant.error ?? roles.error} />
        <Choice
          label={t('access:person.grant_role')}
          value={roleId}
          options={(roles.data ?? []).map((one) => ({ value: String(one.id), label: language === 'zh' ? one.name : one.nameEn }))}
          search
          onChange={(value) => kept.set({ roleId: value })}
        />
        {role ? (
          <div>
            <p className="small">
              {t('access:person.grant_role_rights')}
              {role.administrator ? ` · ${t(`access:person.administrator_${role.administrator}`)}` : ''}
            </p>
            <ul className="reasons">
              {role.rights.map((right) => (
                <li key={right}>
                  <RightName right={right} />
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        <Choice
          label={t('access:person.grant_unit')}
          value={unitId}
          options={unitChoices}
          search
          onChange={(value) => kept.set({ chosen: value })}
        />
        <DayField
          label={t('access:person.grant_until')}
          hint={t('access:person.grant_until_hint')}
          value={until}
          min={dayStart().slice(0, 10)}
          onChange={(value) => kept.set({ until: value })}
        />
        <TextField
          label={t('access:person.grant_reason')}
          value={reason}
          maxLength={200}
          placeholder={t('access:person.grant_reason_hint')}
          onChange={(value) => kept.set({ reason: value })}
        />
      </div>
    </SideDrawer>
  )
}
