import { Link } from 'react-router'
import { useText } from '../i18n/index.ts'
import { Count } from './Figure.tsx'
import type { TokenName } from './tokens.ts'

export interface Share {
  key: string
  name: string
  value: number
  colour: TokenName
  to?: string
}

/** Parts of one whole as one bar, each part named, counted and leading to its rows. */
export function ShareBar({ label, parts }: { label: string; parts: readonly Share[] }) {
  const { t } = useText()
  const total = parts.reduce((sum, part) => sum + part.value, 0)
  return (
    <figure className="share" aria-label={label}>
      <div className="share-bar" aria-hidden="true">
        {total === 0 ? <i style={{ flexGrow: 1, background: 'var(--sunken)' }} /> : null}
        {parts.map((part) =>
          part.value > 0 ? (
            <i
              key={part.key}
              style={{ flexGrow: part.value, background: `var(--${part.colour})` }}
              title={`${part.name} ${part.value}`}
            />
          ) : null,
        )}
      </div>
      <ul className="share-list">
        {parts.map((part) => (
          <li key={part.key}>
            <i style={{ background: `var(--${part.colour})` }} aria-hidden="true" />
            <span className="share-name">{part.name}</span>
            <span className="num">
              {part.to && part.value > 0 ? (
                <Link to={part.to}>
                  <Count value={part.value} />
                </Link>
              ) : (
                <Count value={part.value} />
              )}
            </span>
            <span className="num quiet share-percent">{total === 0 ? '–' : `${Math.round((part.value / total) * 100)}%`}</span>
          </li>
        ))}
      </ul>
      {total === 0 ? <p className="quiet">{t('common:chart.none')}</p> : null}
    </figure>
  )
}

export interface Rank {
  key: string
  name: string
  value: number
  to?: string
  /** A part of the value that is said apart, such as the negative ones. */
  part?: number
  note?: string
}

/** Longest first, on one scale; the darker part of a bar is what is said apart. */
export function Ranking({
  label,
  rows,
  partName,
  colour = 'series-3',
}: {
  label: string
  rows: readonly Rank[]
  partName?: string
  colour?: TokenName
}) {
  const most = Math.max(1, ...rows.map((row) => row.value))
  return (
    <ol className="ranking" aria-label={label}>
      {rows.map((row) => (
        <li key={row.key}>
          <span className="ranking-name clip" title={row.name}>
            {row.to ? <Link to={row.to}>{row.name}</Link> : row.name}
          </span>
          <span className="ranking-track" aria-hidden="true">
            <i style={{ width: `${(row.value / most) * 100}%`, background: `var(--${colour})` }} />
            {row.part ? <i style={{ width: `${(row.part / most) * 100}%`, background: 'var(--negative)' }} /> : null}
          </span>
          <span className="num ranking-value">
            <Count value={row.value} />
          </span>
          {partName ? (
            <span className="num quiet ranking-part" title={partName}>
              {row.part ?? 0}
              <span className="unseen">{partName}</span>
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  )
}
