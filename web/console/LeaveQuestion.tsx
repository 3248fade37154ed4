import { Modal } from 'antd'
import { useText } from '../i18n/index.ts'

/** Asked of those who sign out while something that they wrote was not sent. */
export default function LeaveQuestion(props: { count: number; onLeave: () => void; onStay: () => void }) {
  const { t } = useText()
  return (
    <Modal
      open
      title={t('common:draft.leave_question', { count: props.count })}
      okText={t('common:draft.leave')}
      cancelText={t('common:draft.stay')}
      okButtonProps={{ danger: true }}
      onOk={props.onLeave}
      onCancel={props.onStay}
    >
      {t('common:draft.leave_detail')}
    </Modal>
  )
}
