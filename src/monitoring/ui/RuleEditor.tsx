import { Button } from 'antd'
import { Refusal, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Check, Choice, overshoot, TextArea, TextField } from '../../../web/kit/fields.tsx'
import { severities } from '../../../web/kit/labels.ts'
import { SideDrawer } from '../../../web/kit/SideDrawer.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { useUnitOptions } from '../../../web/units.ts'
import type { Rule } from './RulesPage.tsx'
import { RuleTrial } from './RuleTrial.tsx'

/** As the contract has it. */
const longest = 2000

/** Writing a rule beside what it would find: a fault is shown at its place, a result before it is saved. */
export default function RuleEditor({ rule, onClose }: { rule: Rule | undefined; onClose: () => void }) {
  const { t } = useText()
  const me = useMe()
  const units = useUnitOptions()
  const locked = rule ? !rule.abilities.edit : false
  const draft = useDraft(`rule:${rule?.id ?? 'new'}`, {
    name: rule?.name ?? '',
    expression: rule?.expression ?? '',
    unitId: String(rule?.unit.id ?? me.unit.id),
    severityFloor: String(rule?.severityFloor ?? 0),
    enabled: rule?.enabled ?? true,
  })
  const { name, expression, unitId, severityFloor, enabled } = draft.value
  const set = (change: Partial<typeof draft.value>) => draft.set(change, rule && Date.parse(rule.updatedAt))
  const save = useDo('monitoring.save_rule', {
    onDone: () => {
      tell(t(enabled ? 'monitoring:rules.saved_from_now' : 'monitoring:rules.saved'))
      draft.end()
      onClose()
    },
  })
  const choices =
    units.length > 0 ? units : [{ value: String(rule?.unit.id ?? me.unit.id), label: rule?.unit.name ?? me.unit.name }]
  const missing = [
    name.trim() === '' && t('monitoring:rules.name'),
    expression.trim() === '' && t('monitoring:rules.expression'),
  ].filter((one) => one !== false)
  const lacks =
    (locked && t('monitoring:rules.locked')) ||
    (missing.length > 0 && t('common:field.lacks', { what: missing.join(t('common:and')) })) ||
    ((overshoot(name, 60) > 0 || overshoot(expression, longest) > 0) && t('common:field.too_long'))
  const act = () =>
    save.mutateAsync({
      ...(rule && { id: rule.id, seen: rule.updatedAt }),
      name,
      expression,
      unitId: Number(unitId),
      severityFloor: Number(severityFloor),
      enabled,
    })
  return (
    <SideDrawer
      onClose={onClose}
      size={620}
      title={t(rule ? 'monitoring:rules.edit' : 'monitoring:rules.add')}
      footer={
        <div className="row">
          <ConfirmButton type="primary" lacks={lacks} act={act}>
            {t('common:action.save')}
          </ConfirmButton>
          <Button onClick={onClose}>{t('common:action.fold')}</Button>
          <DraftNote of={draft} changedAt={rule?.updatedAt} />
        </div>
      }
    >
      <div className="stack">
        {save.error instanceof Refusal ? <ErrorLine error={save.error} /> : null}
        <TextField
          label={t('monitoring:rules.name')}
          value={name}
          maxLength={60}
          placeholder={t('monitoring:rules.name_hint')}
          onChange={(value) => set({ name: value })}
        />
        <TextArea
          code
          label={t('monitoring:rules.expression')}
          value={expression}
          maxLength={longest}
          onChange={(value) => set({ expression: value })}
        />
        <RuleTrial expression={expression} />
        <div className="form-pair">
          <Choice
            label={t('monitoring:rules.unit')}
            value={unitId}
            options={choices}
            search
            onChange={(value) => set({ unitId: value })}
          />
          <Choice
            label={t('monitoring:rules.floor')}
            value={severityFloor}
            options={severities.map((level) => ({
              value: String(level),
              label: level === 0 ? t('monitoring:rules.floor_none') : t(`common:severity.${level}`),
            }))}
            onChange={(value) => set({ severityFloor: value })}
          />
        </div>
        <Check label={t('monitoring:rules.enabled')} value={enabled} onChange={(value) => set({ enabled: value })} />
      </div>
    </SideDrawer>
  )
}
