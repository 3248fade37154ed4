import { DownloadOutlined, UploadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ChangeEvent, lazy, Suspense, useRef, useState } from 'react'
import { refreshRoom } from '../../../web/api.ts'
import { useText } from '../../../web/i18n/index.ts'
import { Panel } from '../../../web/kit/Page.tsx'
import { Progress } from '../../../web/kit/Progress.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import {
  type Alerting,
  type ColumnMap,
  type Fault,
  type Intake,
  itemsIn,
  type LoadedFile,
  largestBytes,
  loadFile,
  takeInFile,
} from './take-in-file.ts'

const IntakePreview = lazy(() => import('./IntakePreview.tsx'))

/** Brings a file of items in: read, looked at, and only then started, with progress and a way to stop. Nothing goes in twice. */
export function IntakePanel() {
  const { t } = useText()
  const queries = useQueryClient()
  const stopping = useRef<AbortController>(undefined)
  const [file, setFile] = useState<LoadedFile>()
  const [reading, setReading] = useState(false)
  const [intake, setIntake] = useState<Intake>()
  const [error, setError] = useState<unknown>()
  const [tooLarge, setTooLarge] = useState(false)
  const running = reading || (intake !== undefined && !intake.ended)

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0]
    event.target.value = ''
    if (!chosen) return
    setError(undefined)
    setIntake(undefined)
    setFile(undefined)
    setTooLarge(chosen.size > largestBytes)
    if (chosen.size > largestBytes) return
    setReading(true)
    try {
      setFile(await loadFile(chosen))
    } catch (cause) {
      setError(cause)
    }
    setReading(false)
  }
  const start = async (loaded: LoadedFile, map: ColumnMap, alert: Alerting) => {
    const stop = new AbortController()
    stopping.current = stop
    try {
      await takeInFile({ placed: itemsIn(loaded, map), broken: loaded.broken, alert }, stop.signal, setIntake)
    } catch (cause) {
      setError(cause)
      setIntake((former) => former && { ...former, ended: 'stopped' })
    }
    setFile(undefined)
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
              accept=".xlsx,.csv,.tsv,.txt,.json,.jsonl,.ndjson"
              className="unseen"
              disabled={running}
              onChange={(event) => void choose(event)}
            />
          </label>
          <Button icon={<DownloadOutlined />} onClick={() => saveTemplate(t('monitoring:intake.template_file'))}>
            {t('monitoring:intake.template')}
          </Button>
          <span className="quiet small">{t('monitoring:intake.hint')}</span>
        </div>
        {reading ? <p role="status">{t('monitoring:intake.reading')}</p> : null}
        {tooLarge ? <p role="alert">{t('monitoring:intake.too_large', { size: largestBytes / 1024 / 1024 })}</p> : null}
        <ErrorLine error={error} />
        {file && !intake ? (
          <Suspense>
            <IntakePreview
              key={file.name}
              file={file}
              onStart={(map, alert) => start(file, map, alert)}
              onCancel={() => setFile(undefined)}
            />
          </Suspense>
        ) : null}
        {intake && !intake.ended ? (
          <Progress
            label={t('monitoring:intake.working', { name: file?.name ?? '' })}
            done={intake.done}
            total={intake.total}
            onStop={() => stopping.current?.abort()}
          />
        ) : null}
        {intake?.ended ? (
          <p role="status" className="num">
            {t(intake.ended === 'done' ? 'monitoring:intake.done' : 'monitoring:intake.stopped', {
              new: intake.new,
              updated: intake.updated,
              repeated: intake.repeated,
              irrelevant: intake.irrelevant,
              refused: intake.refused,
            })}
          </p>
        ) : null}
        {intake ? <Faults title={t('monitoring:intake.refused', { count: intake.refused })} faults={intake.faults} /> : null}
        {intake ? <Faults title={t('monitoring:intake.noted', { count: intake.noted })} faults={intake.notes} quiet /> : null}
      </div>
    </Panel>
  )
}

function Faults({ title, faults, quiet }: { title: string; faults: readonly Fault[]; quiet?: boolean }) {
  const { t, say } = useText()
  if (faults.length === 0) return null
  return (
    <div className={quiet ? 'soft' : 'error-line'}>
      <strong>{title}</strong>
      <ul className="faults">
        {faults.map((fault, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may have several, and the list only grows
          <li key={at}>
            <span className="num">{t('monitoring:intake.line', { line: fault.line })}</span> ·{' '}
            {fault.words ? say(fault.words) : t('monitoring:intake.not_json')}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** With a byte order mark, so that Excel reads the Chinese. */
const template = `\ufeff${[
  ['标题', '正文', '链接', '发布时间', '作者', '平台', '点赞数', '评论数', '转发数', '粉丝数'],
  [
    '门诊停车难',
    '示例：周末门诊停车排队一小时，请在此填写原文',
    'https://example.com/1',
    '2026-11-20 09:12',
    '示例作者',
    '微博',
    12,
    3,
    1,
    200,
  ],
]
  .map((row) => `${row.join(',')}\r\n`)
  .join('')}`

function saveTemplate(name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([template], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
