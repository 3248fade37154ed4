import { useState } from 'react'
import { useAsk, useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { NumberField } from '../../../web/kit/fields.tsx'
import type { Severity } from '../../../web/kit/labels.ts'
import { Page, Panel } from '../../../web/kit/Page.tsx'
import { Answer, ErrorLine } from '../../../web/kit/states.tsx'
import { SeverityTag } from '../../../web/kit/tags.tsx'
import { saySpan } from '../../../web/kit/time.ts'
import { tell } from '../../../web/kit/toast.tsx'

type Policy = Output<'response.get_clock_policy'>['policy']

/** How long each severity may wait before it climbs a tier. */
export default function ClocksPage() {
  const { t } = useText()
  const asked = useAsk('response.get_clock_policy', {})
  return (
    <Page title={t('response:clocks.title')} lead={t('response:clocks.lead')}>
      <Panel>
        <Answer of={asked}>
          {({ policy, abilities }) => <Clocks key={JSON.stringify(policy)} policy={policy} editable={abilities.edit} />}
        </Answer>
      </Panel>
    </Page>
  )
}

function Clocks({ policy, editable }: { policy: Policy; editable: boolean }) {
  const { t } = useText()
  const [draft, setDraft] = useState(policy)
  const save = useDo('response.set_clock_policy', { onDone: () => tell(t('response:clocks.saved')) })
  const change = (severity: number, part: Partial<Policy[number]>) =>
    setDraft(draft.map((one) => (one.severity === severity ? { ...one, ...part } : one)))
  const changed = JSON.stringify(draft) !== JSON.stringify(policy)
  return (
    <div className="stack">
      <ul className="clocks">
        {[...draft]
          .sort((a, b) => b.severity - a.severity)
          .map((one) => (
            <li key={one.severity}>
              <SeverityTag level={one.severity as Severity} />
              {(['acknowledge', 'answer'] as const).map((kind) => (
                <Limit
                  key={kind}
                  label={t(`response:clocks.${kind}`)}
                  seconds={one[`${kind}Seconds`]}
                  editable={editable}
                  onChange={(seconds) => change(one.severity, { [`${kind}Seconds`]: seconds })}
                />
              ))}
            </li>
          ))}
      </ul>
      <p className="quiet small">{t('response:clocks.applies')}</p>
      <ErrorLine error={save.error} />
      {editable ? (
        <div>
          <ConfirmButton type="primary" disabled={!changed} act={() => save.mutateAsync({ policy: draft })}>
            {t('response:clocks.save')}
          </ConfirmButton>
        </div>
      ) : null}
    </div>
  )
}

interface LimitProps {
  label: string
  seconds: number
  editable: boolean
  onChange: (seconds: number) => void
}

/** Minutes to write, days and hours to read. A limit below a minute, as a demo may have, is kept until it is changed. */
function Limit({ label, seconds, editable, onChange }: LimitProps) {
  const { t } = useText()
  const said = saySpan(seconds * 1000, t)
  if (!editable || seconds % 60 !== 0) {
    return (
      <p>
        <span className="soft">{label}</span> <span className="num">{said}</span>
      </p>
    )
  }
  return (
    <NumberField
      label={label}
      hint={<span className="num">{said}</span>}
      value={seconds / 60}
      min={1}
      max={43_200}
      unit={t('response:clocks.minutes')}
      onChange={(minutes) => onChange(minutes * 60)}
    />
  )
}
