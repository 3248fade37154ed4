import { useAsk, useDo } from '../../../web/api.ts'
import type { Output } from '../../../web/asks.ts'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { DraftNote } from '../../../web/kit/DraftNote.tsx'
import { useDraft } from '../../../web/kit/draft.ts'
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
          {({ policy, updatedAt, abilities }) => <Clocks policy={policy} updatedAt={updatedAt} editable={abilities.edit} />}
        </Answer>
      </Panel>
    </Page>
  )
}

const kinds = ['acknowledge', 'answer'] as const
const nameOf = (kind: (typeof kinds)[number], severity: number) => `${kind}.${severity}`

function Clocks({ policy, updatedAt, editable }: { policy: Policy; updatedAt: string; editable: boolean }) {
  const { t } = useText()
  const blank = Object.fromEntries(
    policy.flatMap((one) => kinds.map((kind) => [nameOf(kind, one.severity), one[`${kind}Seconds`]] as const)),
  )
  const draft = useDraft<Record<string, number>>('clocks', blank)
  const secondsOf = (kind: (typeof kinds)[number], severity: number) => draft.value[nameOf(kind, severity)] ?? 0
  const save = useDo('response.set_clock_policy', {
    onDone: () => {
      tell(t('response:clocks.saved'))
      draft.end()
    },
  })
  const act = () =>
    save.mutateAsync({
      policy: policy.map(({ severity }) => ({
        severity,
        acknowledgeSeconds: secondsOf('acknowledge', severity),
        answerSeconds: secondsOf('answer', severity),
      })),
      seen: updatedAt,
    })
  return (
    <div className="stack">
      <ul className="clocks">
        {[...policy]
          .sort((a, b) => b.severity - a.severity)
          .map(({ severity }) => (
            <li key={severity}>
              <SeverityTag level={severity as Severity} />
              {kinds.map((kind) => (
                <Limit
                  key={kind}
                  label={t(`response:clocks.${kind}`)}
                  seconds={secondsOf(kind, severity)}
                  editable={editable}
                  onChange={(seconds) => draft.set({ [nameOf(kind, severity)]: seconds }, Date.parse(updatedAt))}
                />
              ))}
            </li>
          ))}
      </ul>
      <p className="quiet small">{t('response:clocks.applies')}</p>
      <ErrorLine error={save.error} />
      {editable ? (
        <div className="row">
          <ConfirmButton type="primary" disabled={!draft.kept} act={act}>
            {t('response:clocks.save')}
          </ConfirmButton>
          <DraftNote of={draft} changedAt={updatedAt} />
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
