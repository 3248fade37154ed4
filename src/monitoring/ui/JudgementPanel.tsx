import { Button } from 'antd'
import { useState } from 'react'
import { type Input, useDo } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { Choice } from '../../../web/kit/fields.tsx'
import { categories, type Severity, sentiments, severities, triages } from '../../../web/kit/labels.ts'
import { Facts, Panel } from '../../../web/kit/Page.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { CategoryTag, SentimentTag, SeverityTag, TriageTag } from '../../../web/kit/tags.tsx'
import { tell } from '../../../web/kit/toast.tsx'
import type { MentionDetail } from './MentionPage.tsx'

/** What the system thinks of a mention, why, and the correction by a person. */
export function JudgementPanel({ mention }: { mention: MentionDetail }) {
  const { t, say } = useText()
  const [correcting, setCorrecting] = useState(false)
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
      <h3 className="sub-head">{t('monitoring:mention.why')}</h3>
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

function Correction({ mention, onEnd }: { mention: MentionDetail; onEnd: () => void }) {
  const { t } = useText()
  const [draft, setDraft] = useState({
    severity: String(mention.severity),
    sentiment: mention.sentiment,
    category: mention.category,
    triage: mention.triage,
  })
  const correct = useDo('monitoring.correct_mention', {
    onDone: () => {
      tell(t('monitoring:mention.saved'))
      onEnd()
    },
  })
  const change: Input<'monitoring.correct_mention'> = {
    id: mention.id,
    ...(Number(draft.severity) !== mention.severity && { severity: Number(draft.severity) }),
    ...(draft.sentiment !== mention.sentiment && { sentiment: draft.sentiment }),
    ...(draft.category !== mention.category && { category: draft.category }),
    ...(draft.triage !== mention.triage && { triage: draft.triage }),
  }
  return (
    <div className="stack">
      <Choice
        label={t('common:severity.label')}
        value={draft.severity}
        options={severities.map((level) => ({ value: String(level), label: t(`common:severity.${level}`) }))}
        onChange={(severity) => setDraft({ ...draft, severity })}
      />
      <Choice
        label={t('common:sentiment.label')}
        value={draft.sentiment}
        options={sentiments.map((value) => ({ value, label: t(`common:sentiment.${value}`) }))}
        onChange={(sentiment) => setDraft({ ...draft, sentiment })}
      />
      <Choice
        label={t('common:category.label')}
        value={draft.category}
        options={categories.map((value) => ({ value, label: t(`common:category.${value}`) }))}
        onChange={(category) => setDraft({ ...draft, category })}
      />
      <Choice
        label={t('common:triage.label')}
        value={draft.triage}
        options={triages.map((value) => ({ value, label: t(`common:triage.${value}`) }))}
        onChange={(triage) => setDraft({ ...draft, triage })}
      />
      <p className="quiet small">{t('monitoring:mention.correct_hint')}</p>
      <ErrorLine error={correct.error} />
      <div className="row">
        <ConfirmButton type="primary" disabled={Object.keys(change).length === 1} act={() => correct.mutateAsync(change)}>
          {t('common:action.save')}
        </ConfirmButton>
        <Button onClick={onEnd}>{t('common:action.cancel')}</Button>
      </div>
    </div>
  )
}
