import { Button } from 'antd'
import { useText } from '../i18n/index.ts'

interface ProgressProps {
  label: string
  done: number
  /** Unknown while the work is still being counted. */
  total: number | undefined
  onStop?: () => void
}

/** Long work: how far it is, in numbers too, and a way to stop it. */
export function Progress({ label, done, total, onStop }: ProgressProps) {
  const { t } = useText()
  const share = total ? Math.min(done / total, 1) : undefined
  return (
    <div className="progress" role="status">
      <div className="row">
        <span>{label}</span>
        <span className="num quiet push">
          {done.toLocaleString()}
          {total === undefined ? '' : ` / ${total.toLocaleString()}`}
        </span>
        {onStop ? (
          <Button size="small" onClick={onStop}>
            {t('common:action.stop')}
          </Button>
        ) : null}
      </div>
      <progress value={share} max={1} aria-label={label} />
    </div>
  )
}
