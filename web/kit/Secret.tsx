import { Button } from 'antd'
import { useText } from '../i18n/index.ts'
import { copyText } from './copy.ts'
import { Facts } from './Page.tsx'
import { tell } from './toast.tsx'

/** A secret that is told once: what it is for, and a way to take it along. */
export function Secret({
  name,
  hint,
  secret,
  address,
}: {
  name: string
  hint: string
  secret: string
  address?: readonly [string, string]
}) {
  const { t } = useText()
  const copy = async () => {
    tell(t((await copyText(secret)) ? 'common:action.copied' : 'common:action.not_copied'))
  }
  return (
    <div className="stack">
      <p className="soft">{hint}</p>
      <Facts
        rows={[address && [address[0], <code key="address">{address[1]}</code>], [name, <code key="secret">{secret}</code>]]}
      />
      <div>
        <Button onClick={() => void copy()}>{t('common:action.copy')}</Button>
      </div>
    </div>
  )
}
