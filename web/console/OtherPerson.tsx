import { Modal } from 'antd'
import { useEffect, useState } from 'react'
import { call } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useMe } from '../me.ts'

/** Somebody else signed in with this browser: nothing more is done from this page, and it says so. */
export default function OtherPerson() {
  const { t } = useText()
  const mine = useMe().person.name
  const [other, setOther] = useState<string>()
  useEffect(() => {
    void call('access.me', {}, { forAnybody: true }).then(
      ({ person }) => setOther(person.name),
      () => undefined,
    )
  }, [])
  const name = other ?? t('access:other.somebody')
  return (
    <Modal
      open
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      title={t('access:other.title', { name })}
      okText={t('access:other.reload', { name })}
      cancelText={t('access:other.sign_in', { name: mine })}
      onOk={() => location.reload()}
      onCancel={() => location.assign('/sign-in')}
    >
      {t('access:other.detail', { name: mine })}
    </Modal>
  )
}
