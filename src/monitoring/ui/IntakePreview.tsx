import { Button } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useText } from '../../../web/i18n/index.ts'
import { ConfirmButton } from '../../../web/kit/ConfirmButton.tsx'
import { cut } from '../../../web/kit/cut.ts'
import { Choice } from '../../../web/kit/fields.tsx'
import { ErrorLine } from '../../../web/kit/states.tsx'
import { TimeAgo } from '../../../web/kit/TimeAgo.tsx'
import { usePlatformName } from '../../../web/kit/tags.tsx'
import {
  type Alerting,
  type ColumnMap,
  fields,
  type ItemField,
  itemsIn,
  type LoadedFile,
  type Preview,
  tryFile,
} from './take-in-file.ts'

interface PreviewProps {
  file: LoadedFile
  onStart: (map: ColumnMap, alert: Alerting) => Promise<void>
  onCancel: () => void
}

/** What a file holds, as it will be understood: which column is what, how much of it is old, and whom it may call. */
export default function IntakePreview({ file, onStart, onCancel }: PreviewProps) {
  const { t, say } = useText()
  const platform = usePlatformName()
  const [map, setMap] = useState<ColumnMap>(file.map)
  const [alert, setAlert] = useState<Alerting>('recent')
  const [preview, setPreview] = useState<Preview>()
  const [error, setError] = useState<unknown>()
  const isTable = file.columns.length > 0
  const named = !isTable || map.text !== undefined || map.title !== undefined
  const placed = useMemo(() => itemsIn(file, map), [file, map])
  useEffect(() => {
    const stop = new AbortController()
    setPreview(undefined)
    setError(undefined)
    if (named)
      tryFile(placed, file.broken.length, stop.signal).then(setPreview, (cause: unknown) => {
        if (!stop.signal.aborted) setError(cause)
      })
    return () => stop.abort()
  }, [placed, named, file.broken.length])
  const columns = [
    { value: '', label: '–' },
    ...file.columns.map((name, at) => ({ value: String(at), label: name || t('monitoring:intake.column', { number: at + 1 }) })),
  ]
  const assign = (field: ItemField, value: string) => {
    const { [field]: _, ...rest } = map
    setMap(value === '' ? rest : { ...rest, [field]: Number(value) })
  }
  return (
    <div className="stack">
      <strong>{file.name}</strong>
      {file.notes.map((note) => (
        <p key={note.en} className="soft">
          {say(note)}
        </p>
      ))}
      {isTable ? (
        <div className="form-pair">
          {fields.map((field) => (
            <Choice
              key={field}
              label={t(`monitoring:intake.field_${field}`)}
              value={map[field] === undefined ? '' : String(map[field])}
              options={columns}
              onChange={(value) => assign(field, value)}
            />
          ))}
        </div>
      ) : null}
      {named ? null : <p role="alert">{t('monitoring:intake.name_text')}</p>}
      <ErrorLine error={error} />
      {preview ? (
        <>
          <p role="status" className="num">
            {t('monitoring:intake.preview', {
              total: preview.total,
              fresh: preview.read - preview.old,
              old: preview.old,
              refused: preview.refused,
            })}
          </p>
          <ul className="faults">
            {preview.shown.map((item) => (
              <li key={`${item.title} ${item.text}`}>
                <span className="quiet">
                  {platform(item.platform)} · {item.author || t('monitoring:intake.no_author')} ·{' '}
                  {item.dated ? <TimeAgo at={item.publishedAt} /> : t('monitoring:intake.undated')}
                </span>
                <br />
                {cut([item.title, item.text].filter(Boolean).join(' — '), 120)}
              </li>
            ))}
          </ul>
        </>
      ) : named ? (
        <p role="status">{t('monitoring:intake.trying')}</p>
      ) : null}
      <Choice
        label={t('monitoring:intake.alert')}
        value={alert}
        options={(['recent', 'none', 'all'] as const).map((value) => ({ value, label: t(`monitoring:intake.alert_${value}`) }))}
        onChange={setAlert}
      />
      <div className="row">
        <ConfirmButton type="primary" disabled={!preview || preview.read === 0} act={() => onStart(map, alert)}>
          {t('monitoring:intake.start')}
        </ConfirmButton>
        <Button onClick={onCancel}>{t('common:action.cancel')}</Button>
      </div>
    </div>
  )
}
