import { useText } from '../i18n/index.ts'
import type { Category, Platform, Sentiment, Severity, Triage } from './labels.ts'
import { platforms } from './labels.ts'

/** A water gauge of four marks: the level says how high it stands, the colour repeats it, only a crisis burns. */
export function SeverityTag({ level, bare }: { level: Severity; bare?: boolean }) {
  const { t } = useText()
  const name = t(`common:severity.${level}`)
  return (
    <span className={`severity level-${level}`} title={`${t('common:severity.label')} ${level} · ${name}`}>
      <svg viewBox="0 0 14 12" className="gauge" aria-hidden="true">
        {[1, 2, 3, 4].map((mark) => (
          <rect
            key={mark}
            x={(mark - 1) * 3.7}
            y={9 - mark * 2.25}
            width="2.7"
            height={3 + mark * 2.25}
            rx="0.8"
            className={mark <= level ? 'on' : ''}
          />
        ))}
      </svg>
      <span className={bare ? 'unseen' : ''}>{name}</span>
    </span>
  )
}

export function SentimentTag({ value }: { value: Sentiment }) {
  const { t } = useText()
  return <span className={`sentiment ${value}`}>{t(`common:sentiment.${value}`)}</span>
}

export function CategoryTag({ value }: { value: Category }) {
  const { t } = useText()
  return <span className="tag">{t(`common:category.${value}`)}</span>
}

export function TriageTag({ value }: { value: Triage }) {
  const { t } = useText()
  return <span className="tag dashed">{t(`common:triage.${value}`)}</span>
}

/** Platforms nobody foresaw are shown by their own name. */
export function PlatformTag({ value }: { value: string }) {
  const name = usePlatformName()(value)
  return <span className="platform">{name}</span>
}

export function usePlatformName() {
  const { t } = useText()
  return (value: string) => ((platforms as readonly string[]).includes(value) ? t(`common:platform.${value as Platform}`) : value)
}

export type Tone = 'new' | 'active' | 'waiting' | 'done' | 'burn' | 'off'
/** The state of a thing in a process; the page says the word, the tone says how it stands. */
export function StateTag({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`state state-${tone}`}>
      <i aria-hidden="true" />
      {children}
    </span>
  )
}

export function DemoTag() {
  const { t } = useText()
  return (
    <span className="demo-flag" title={t('common:demo_note')}>
      {t('common:demo')}
    </span>
  )
}
