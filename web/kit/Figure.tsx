import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useText } from '../i18n/index.ts'

interface FigureProps {
  label: string
  value: number | undefined
  /** Every figure leads to the rows that it counts. */
  to: string
  tone?: 'calm' | 'warn' | 'burn'
  hint?: ReactNode
}

/** A number that is a link to its rows; its hint may hold further ones. A tone shows only while there is something to show. */
export function Figure({ label, value, to, tone = 'calm', hint }: FigureProps) {
  const shown = value && value > 0 ? tone : 'calm'
  return (
    <div className={`figure ${shown}`}>
      <Link className="figure-link" to={to}>
        <span className="figure-label">{label}</span>
        <span className="figure-value num">{value === undefined ? '–' : <Count value={value} />}</span>
      </Link>
      <span className="figure-hint">{hint}</span>
    </div>
  )
}

export function Count({ value }: { value: number }) {
  const { language } = useText()
  return <>{value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en')}</>
}

/** A count inside running text or a table that leads to its rows. */
export function CountLink({ value, to }: { value: number; to: string }) {
  return value === 0 ? (
    <span className="num quiet">0</span>
  ) : (
    <Link className="num" to={to}>
      <Count value={value} />
    </Link>
  )
}
