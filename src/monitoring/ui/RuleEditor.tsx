import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { Refusal, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Check, Choice, TextArea, TextField } from '../../../web/kit/fields.tsx'
import { severities } from '../../../web/kit/labels.ts'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useMe } from '../../../web/me.ts'
import { useUnitOptions } from '../../../web/units.ts'
import type { Rule } from './RulesPage.tsx'
import { RuleTrial } from './RuleTrial.tsx'

/** Writing a rule beside what it would find: a fault is shown at its place, a result before it is saved. */
export default function RuleEditor({ rule, onClose }: { rule: Rule | undefined; onClose: () => void }) {
  const { t } = useText()
  const me = useMe()
  const units = useUnitOptions()
  const locked = rule ? !rule.abilities.edit : false
  const [draft, setDraft] = useState({
    name: rule?.name ?? '',
    expression: rule?.expression ?? '',
    unitId: String(rule?.unit.id ?? me.unit.id),
    severityFloor: String(rule?.severityFloor ?? 0),
    enabled: rule?.enabled ?? true,
  })
  const save = useDo('monitoring.save_rule', {
    onDone: () => {
      tell(t('monitoring:rules.saved'))
      onClose()
    },
  })
  const choices =
    units.length > 0 ? units : [{ value: String(rule?.unit.id ?? me.unit.id), label: rule?.unit.name ?? me.unit.name }]
  const ready = draft.name.trim() !== '' && draft.expression.trim() !== '' && !locked
  const act = () =>
    save.mutateAsync({
      ...(rule && { id: rule.id }),
      name: draft.name,
      expression: draft.expression,
      unitId: Number(draft.unitId),
      severityFloor: Number(draft.severityFloor),
      enabled: draft.enabled,
    })
  return (
    <Drawer
      open
      onClose={onClose}
      size={620}
      title={t(rule ? 'monitoring:rules.edit' : 'monitoring:rules.add')}
      footer={
        <div className="row">
          <ConfirmButton type="primary" disabled={!ready} act={act}>
            {t('common:action.save')}
          </ConfirmButton>
          <Button onClick={onClose}>{t('common:action.cancel')}</Button>
        </div>
      }
    >
      <div className="stack">
        {save.error instanceof Refusal ? <ErrorLine error={save.error} /> : null}
        <TextField
          label={t('monitoring:rules.name')}
          value={draft.name}
          maxLength={60}
          placeholder={t('monitoring:rules.name_hint')}
          onChange={(name) => setDraft({ ...draft, name })}
        />
        <TextArea
          code
          label={t('monitoring:rules.expression')}
          value={draft.expression}
          maxLength={2000}
          onChange={(expression) => setDraft({ ...draft, expression })}
        />
        <RuleTrial expression={draft.expression} />
        <div className="form-pair">
          <Choice
            label={t('monitoring:rules.unit')}
            value={draft.unitId}
            options={choices}
            search
            onChange={(unitId) => setDraft({ ...draft, unitId })}
          />
          <Choice
            label={t('monitoring:rules.floor')}
            value={draft.severityFloor}
            options={severities.map((level) => ({
              value: String(level),
              label: level === 0 ? t('monitoring:rules.floor_none') : t(`common:severity.${level}`),
            }))}
            onChange={(severityFloor) => setDraft({ ...draft, severityFloor })}
          />
        </div>
        <Check
          label={t('monitoring:rules.enabled')}
          value={draft.enabled}
          onChange={(enabled) => setDraft({ ...draft, enabled })}
        />
      </div>
    </Drawer>
  )
}
