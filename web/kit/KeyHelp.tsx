import { Modal } from 'antd'
import { useText } from '../i18n/index.ts'

export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className="key-hint">
      {keys.split(' ').map((key) => (
        <kbd key={key} className="key">
          {key}
        </kbd>
      ))}
    </span>
  )
}

export default function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText()
  const rows: [string, string][] = [
    ['/', t('common:keys.search')],
    ['j k', t('common:keys.move')],
    ['Enter', t('common:keys.enter')],
    ['g o', t('common:keys.go_overview')],
    ['g m', t('common:keys.go_monitoring')],
    ['g r', t('common:keys.go_response')],
    ['g a', t('common:keys.go_access')],
    ['n', t('common:keys.note')],
    ['r', t('common:keys.answer')],
    ['?', t('common:keys.help')],
    ['Esc', t('common:keys.escape')],
  ]
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('common:keys.title')} width={420}>
      <dl className="key-list">
        {rows.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <KeyHint keys={keys} />
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
