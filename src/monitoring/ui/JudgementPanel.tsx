import { Button } from 'antd'
import { useState } from 'react'
import { type Input, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
import { Check, Choice, ManyChoice, overshoot, TextArea } from '../../../web/kit/fields.tsx'
import { categories, type Severity, sentiments, severities, triages } from '../../../web/kit/labels.ts'
import { Facts, Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { CategoryTag, SentimentTag, SeverityTag, TriageTag } from '../../../web/kit/tags.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import { useUnitOptions } from '../../../web/units.ts'
import type { MentionDetail } from './MentionPage.tsx'

/** What the system thinks of a mention, why, and the correction by a person. */
export function JudgementPanel({ mention }: { mention: MentionDetail }) {
  const { t, say } = useText()
  const draft = useCorrection(mention)
  const [correcting, setCorrecting] = useState(draft.kept !== undefined)
  return (
    <Panel
      title={t('monitoring:mention.judgement')}
      aside={mention.corrected ? <span className="tag">{t('monitoring:mention.corrected')}</span> : undefined}
    >
      {correcting ? (
        <Correction mention={mention} onEnd={() => setCorrecting(false)} />
      ) : (
        <>
          <Facts
            rows={[
              [t('common:severity.label'), <SeverityTag key="severity" level={mention.severity as Severity} />],
              [t('common:sentiment.label'), <SentimentTag key="sentiment" value={mention.sentiment} />],
              [t('common:category.label'), <CategoryTag key="category" value={mention.category} />],
              mention.also.length > 0 && [
                t('monitoring:mention.also'),
                <span key="also" className="row row-tight">
                  {mention.also.map((one) => (
                    <CategoryTag key={one} value={one} />
                  ))}
                </span>,
              ],
              [t('common:triage.label'), <TriageTag key="triage" value={mention.triage} />],
            ]}
          />
          {mention.abilities.correct ? (
            <Button size="small" className="after" onClick={() => setCorrecting(true)}>
              {t('monitoring:mention.correct')}
            </Button>
          ) : null}
        </>
      )}
      <h3 className="sub-head">{t(mention.corrected ? 'monitoring:mention.why_machine' : 'monitoring:mention.why')}</h3>
      {mention.reasons.length === 0 ? (
        <p className="quiet">{t('monitoring:mention.no_reasons')}</p>
      ) : (
        <ul className="reasons">
          {mention.reasons.map((reason) => (
            <li key={reason.code + reason.en}>{say(reason)}</li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

const useCorrection = (mention: MentionDetail) =>
  useDraft(`mention:${mention.id}:correct`, {
    severity: String(mention.severity),
    sentiment: mention.sentiment,
    category: mention.category,
    triage: mention.triage,
    units: '',
    notOurs: false,
    reason: '',
  })

function Correction({ mention, onEnd }: { mention: MentionDetail; onEnd: () => void }) {
  const { t } = useText()
  const units = useUnitOptions()
  const draft = useCorrection(mention)
  const { severity, sentiment, category, triage, units: chosen, notOurs, reason } = draft.value
  const correct = useDo('monitoring.correct_mention', {
    onDone: () => {
      draft.end()
      tell(t('monitoring:mention.saved'))
      onEnd()
    },
  })
  const unitIds = chosen === '' ? [] : chosen.split(',').map(Number)
  const moves = !notOurs && unitIds.length > 0
  const change: Input<'monitoring.correct_mention'> = {
    id: mention.id,
    ...(!notOurs && {
      ...(Number(severity) !== mention.severity && { severity: Number(severity) }),
      ...(sentiment !== mention.sentiment && { sentiment }),
      ...(category !== mention.category && { category }),
      ...(triage !== mention.triage && { triage }),
    }),
    ...(moves && { unitIds }),
    ...(notOurs && { notOurs }),
  }
  const needsReason = notOurs || moves || Number(severity) < mention.severity
  const lacks =
    (Object.keys(change).length === 1 && t('monitoring:mention.nothing_changed')) ||
    (needsReason && reason.trim() === '' && t('common:field.lacks', { what: t('monitoring:mention.reason') })) ||
    (overshoot(reason, 1000) > 0 && t('common:field.too_long'))
  return (
    <div className="stack">
      <Check label={t('monitoring:mention.not_ours')} value={notOurs} onChange={(value) => draft.set({ notOurs: value })} />
      {notOurs ? null : (
        <>
          {units.length > 0 ? (
            <ManyChoice
              label={t('monitoring:mention.right_units')}
              hint={t('monitoring:mention.right_units_hint', { unit: mention.unit.name })}
              values={chosen === '' ? [] : chosen.split(',')}
              options={units}
              onChange={(values) => draft.set({ units: values.join(',') })}
            />
          ) : null}
          <Choice
            label={t('common:severity.label')}
            value={severity}
            options={severities.map((level) => ({ value: String(level), label: t(`common:severity.${level}`) }))}
            onChange={(value) => draft.set({ severity: value })}
          />
          <Choice
            label={t('common:sentiment.label')}
            value={sentiment}
            options={sentiments.map((value) => ({ value, label: t(`common:sentiment.${value}`) }))}
            onChange={(value) => draft.set({ sentiment: value })}
          />
          <Choice
            label={t('common:category.label')}
            value={category}
            options={categories.map((value) => ({ value, label: t(`common:category.${value}`) }))}
            onChange={(value) => draft.set({ category: value })}
          />
          <Choice
            label={t('common:triage.label')}
            value={triage}
            options={triages.map((value) => ({ value, label: t(`common:triage.${value}`) }))}
            onChange={(value) => draft.set({ triage: value })}
          />
        </>
      )}
      <TextArea
        label={t(needsReason ? 'monitoring:mention.reason' : 'monitoring:mention.reason_optional')}
        value={reason}
        maxLength={1000}
        rows={2}
        onChange={(value) => draft.set({ reason: value })}
      />
      <p className="quiet small">{t('monitoring:mention.correct_hint')}</p>
      <ErrorLine error={correct.error} />
      <div className="row">
        <ConfirmButton type="primary" lacks={lacks} act={() => correct.mutateAsync({ ...change, reason })}>
          {t('common:action.save')}
        </ConfirmButton>
        <Button onClick={onEnd}>{t('common:action.fold')}</Button>
        <DraftNote of={draft} />
      </div>
    </div>
  )
}
