import { Button, type ButtonProps, Popconfirm } from 'antd'
import { useRef, useState } from 'react'
import { useText } from '../i18n/index.ts'

interface ConfirmButtonProps extends Omit<ButtonProps, 'onClick'> {
  /** Asked first when given; without it the button acts at once. */
  question?: string
  detail?: string
  /** What is still missing: the button rests and says why. */
  lacks?: string | false | undefined
  act: () => Promise<unknown> | undefined
}

/** Acts once however often it is pressed: it rests until the answer is there. */
export function ConfirmButton({ question, detail, lacks, act, children, danger, ...rest }: ConfirmButtonProps) {
  const { t } = useText()
  const running = useRef(false)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    if (running.current) return
    running.current = true
    setBusy(true)
    // What went wrong is shown by whoever asked; the button only wakes up again.
    await Promise.resolve(act()).catch(() => undefined)
    running.current = false
    setBusy(false)
  }
  // Red is for what burns: the button stays calm, only the last confirmation is red.
  const shared = { ...rest, loading: busy, ...(lacks ? { disabled: true } : {}) }
  if (lacks) {
    return (
      <>
        <Button {...shared}>{children}</Button>
        <span className="quiet small">{lacks}</span>
      </>
    )
  }
  if (!question) {
    return (
      <Button {...shared} onClick={() => void run()}>
        {children}
      </Button>
    )
  }
  return (
    <Popconfirm
      title={question}
      description={detail}
      okText={t('common:action.confirm')}
      cancelText={t('common:action.cancel')}
      okButtonProps={danger ? { danger } : {}}
      onConfirm={() => void run()}
      disabled={busy}
    >
      <Button {...shared}>{children}</Button>
    </Popconfirm>
  )
}
