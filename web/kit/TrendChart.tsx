import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useText } from '../i18n/index.ts'
import { Count } from './Figure.tsx'
import { labelStep, ticksUpTo } from './scale.ts'
import type { TokenName } from './tokens.ts'

export interface Series {
  name: string
  colour: TokenName
  values: readonly number[]
}

interface TrendChartProps {
  label: string
  /** One name for each point: 11-23, 14:00. */
  points: readonly string[]
  /** Stacked from the first, at the bottom, to the last. */
  series: readonly Series[]
  height?: number
  /** Where a point leads: the rows that it counts. */
  to: (index: number) => string
}

const gap = { top: 8, right: 4, bottom: 22, left: 40 }

/** Stacked bars over time, drawn in plain SVG: it follows theme and width, prints, and is read out as a table. */
export function TrendChart({ label, points, series, height = 220, to }: TrendChartProps) {
  const { t } = useText()
  const navigate = useNavigate()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [at, setAt] = useState<number>()
  const totals = useMemo(
    () => points.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0)),
    [points, series],
  )
  const ticks = ticksUpTo(Math.max(...totals, 0))
  const top = ticks.at(-1) ?? 1
  const plotHeight = height - gap.top - gap.bottom
  const step = (width - gap.left - gap.right) / Math.max(points.length, 1)
  const barWidth = Math.max(2, Math.min(26, step * 0.62))
  const y = (value: number) => gap.top + plotHeight * (1 - value / top)
  const skip = labelStep(points, step)

  const onKey = (event: KeyboardEvent) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (move) {
      event.preventDefault()
      setAt((now) => Math.min(Math.max((now ?? -1) + move, 0), points.length - 1))
    } else if (event.key === 'Enter' && at !== undefined) void navigate(to(at))
    else if (event.key === 'Escape') setAt(undefined)
  }
  const indexAt = (event: MouseEvent<HTMLElement>) => {
    const index = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - gap.left) / step)
    return index >= 0 && index < points.length ? index : undefined
  }
  return (
    <figure className="chart">
      <Legend series={series} />
      <div
        ref={box}
        className="chart-box"
        style={{ height }}
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk the points, Enter opens one
        tabIndex={0}
        onKeyDown={onKey}
        onPointerMove={(event) => setAt(indexAt(event))}
        onClick={(event) => {
          // A finger looks first and goes with the second touch; a mouse has already looked.
          const index = indexAt(event)
          if (index === undefined) return
          if (index === at) void navigate(to(index))
          else setAt(index)
        }}
        onMouseLeave={() => setAt(undefined)}
        onBlur={() => setAt(undefined)}
      >
        {width > 0 ? (
          <svg width={width} height={height} aria-hidden="true">
            {ticks.map((tick) => (
              <g key={tick}>
                <line
                  x1={gap.left}
                  x2={width - gap.right}
                  y1={y(tick)}
                  y2={y(tick)}
                  className={tick === 0 ? 'axis' : 'grid-line'}
                />
                <text x={gap.left - 8} y={y(tick) + 4} textAnchor="end">
                  {tick.toLocaleString()}
                </text>
              </g>
            ))}
            {points.map((point, index) => {
              const left = gap.left + index * step
              let below = 0
              return (
                <g key={point}>
                  <rect
                    x={left}
                    y={gap.top}
                    width={step}
                    height={plotHeight}
                    className={at === index ? 'column chosen' : 'column'}
                  />
                  {series.map((one) => {
                    const value = one.values[index] ?? 0
                    const bottom = y(below)
                    below += value
                    const barTop = y(below)
                    return value > 0 ? (
                      <rect
                        key={one.name}
                        x={left + (step - barWidth) / 2}
                        y={barTop}
                        width={barWidth}
                        height={Math.max(bottom - barTop - 1, 1)}
                        fill={`var(--${one.colour})`}
                      />
                    ) : null
                  })}
                  {index % skip === 0 ? (
                    <text x={left + step / 2} y={height - 5} textAnchor="middle">
                      {point}
                    </text>
                  ) : null}
                </g>
              )
            })}
          </svg>
        ) : null}
        {at !== undefined && points[at] !== undefined ? (
          <div className="chart-tip" style={tipPlace(gap.left + (at + 0.5) * step, width)} aria-live="polite">
            <strong className="num">{points[at]}</strong>
            {[...series].reverse().map((one) => (
              <span key={one.name}>
                <i style={{ background: `var(--${one.colour})` }} />
                {one.name}
                <b className="num">
                  <Count value={one.values[at] ?? 0} />
                </b>
              </span>
            ))}
            <span className="quiet">
              {t('common:chart.total')}
              <b className="num">
                <Count value={totals[at] ?? 0} />
              </b>
            </span>
          </div>
        ) : null}
        {totals.every((value) => value === 0) ? <p className="chart-none quiet">{t('common:chart.none')}</p> : null}
      </div>
      <DataRows label={label} points={points} series={series} />
    </figure>
  )
}

/** Beside the bar, on the side where there is room. */
const tipPlace = (x: number, width: number) => (x < width / 2 ? { left: x + 18 } : { right: width - x + 18 })

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="legend" aria-hidden="true">
      {series.map((one) => (
        <li key={one.name}>
          <i style={{ background: `var(--${one.colour})` }} />
          {one.name}
        </li>
      ))}
    </ul>
  )
}

/** The same numbers for those who cannot see the bars. */
function DataRows({ label, points, series }: { label: string; points: readonly string[]; series: readonly Series[] }) {
  return (
    <table className="unseen">
      <caption>{label}</caption>
      <thead>
        <tr>
          <td />
          {series.map((one) => (
            <th key={one.name} scope="col">
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point, index) => (
          <tr key={point}>
            <th scope="row">{point}</th>
            {series.map((one) => (
              <td key={one.name}>{one.values[index]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [box])
  return width
}
