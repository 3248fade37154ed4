import { UploadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, useRef, useState } from 'react'
import { refreshRoom } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { Progress } from '../../../web/kit/Progress.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { type Intake, takeInFile } from './take-in-file.ts'

/** Brings a file of items in, with progress and a way to stop. What went in stays in; nothing goes in twice. */
export function IntakePanel() {
  const { t, say } = useText()
  const queries = useQueryClient()
  const stopping = useRef<AbortController>(undefined)
  const [name, setName] = useState('')
  const [intake, setIntake] = useState<Intake>()
  const [error, setError] = useState<unknown>()
  const running = intake !== undefined && !intake.ended

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return
    const stop = new AbortController()
    stopping.current = stop
    setName(file.name)
    setError(undefined)
    try {
      await takeInFile(file, stop.signal, setIntake)
    } catch (cause) {
      setError(cause)
      setIntake((former) => former && { ...former, ended: 'stopped' })
    }
    await refreshRoom(queries, 'monitoring')
  }
  return (
    <Panel title={t('monitoring:intake.title')}>
      <div className="stack">
        <div className="row">
          <label className={`upload ${running ? 'busy' : ''}`}>
            <UploadOutlined /> {t('monitoring:intake.choose')}
            <input
              type="file"
              accept=".jsonl,.ndjson,.json,application/x-ndjson"
              className="unseen"
              disabled={running}
              onChange={(event) => void choose(event)}
            />
          </label>
          <span className="quiet small">{t('monitoring:intake.hint')}</span>
        </div>
        {running ? (
          <Progress
            label={t('monitoring:intake.working', { name })}
            done={intake.done}
            total={intake.total}
            onStop={() => stopping.current?.abort()}
          />
        ) : null}
        <ErrorLine error={error} />
        {intake?.ended ? (
          <p role="status" className="num">
            {intake.total === 0
              ? t('monitoring:intake.empty_file')
              : t(intake.ended === 'done' ? 'monitoring:intake.done' : 'monitoring:intake.stopped', {
                  new: intake.new,
                  repeated: intake.repeated,
                  irrelevant: intake.irrelevant,
                  refused: intake.refused,
                })}
          </p>
        ) : null}
        {intake && intake.faults.length > 0 ? (
          <div className="error-line">
            <strong>{t('monitoring:intake.refused')}</strong>
            <ul className="faults">
              {intake.faults.map((fault) => (
                <li key={fault.line}>
                  <span className="num">{t('monitoring:intake.line', { line: fault.line })}</span> ·{' '}
                  {fault.words ? say(fault.words) : t('monitoring:intake.not_json')}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
    </Panel>
  )
}
