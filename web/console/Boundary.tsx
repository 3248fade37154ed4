import { Component, type ReactNode } from 'react'
import { useText } from '../i18n/index.ts'

/** A page that fails does not take the others with it. */
export class Boundary extends Component<{ children: ReactNode; at?: string }, { failed: boolean; at: string | undefined }> {
  override state = { failed: false, at: this.props.at }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  static getDerivedStateFromProps(props: { at?: string }, state: { failed: boolean; at: string | undefined }) {
    return props.at === state.at ? null : { failed: false, at: props.at }
  }
  override render() {
    return this.state.failed ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { t } = useText()
  return (
    <div className="note-state" role="alert">
      <p className="note-title">{t('common:state.broken')}</p>
      <p className="soft">{t('common:state.broken_hint')}</p>
      <button type="button" className="link-button" onClick={() => location.reload()}>
        {t('common:action.reload')}
      </button>
    </div>
  )
}
