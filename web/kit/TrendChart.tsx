import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import { useText } from '../i18n/index.ts'
import { useColours } from './scheme.ts'
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
  series: readonly Series[]
  height?: number
  /** Bars add up to a whole; lines compare. */
  kind?: 'bars' | 'lines'
  onPoint?: (index: number) => void
}

/** Numbers over time. The space is kept before the drawing arrives; a table says the same to those who cannot see it. */
export function TrendChart({ label, points, series, height = 220, kind = 'bars', onPoint }: TrendChartProps) {
  const { t } = useText()
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  const colours = useColours()
  const [ready, setReady] = useState(false)
  const click = useRef(onPoint)
  click.current = onPoint

  useEffect(() => {
    let gone = false
    let watcher: ResizeObserver | undefined
    void import('./echarts.ts').then(({ init }) => {
      if (gone || !box.current) return
      const made = init(box.current, undefined, { renderer: 'svg' })
      chart.current = made
      made.getZr().on('click', (event) => {
        const at = made.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])
        const index = at?.[0]
        if (index !== undefined && index >= 0) click.current?.(index)
      })
      watcher = new ResizeObserver(() => made.resize())
      watcher.observe(box.current)
      setReady(true)
    })
    return () => {
      gone = true
      watcher?.disconnect()
      chart.current?.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    if (!ready) return
    chart.current?.setOption(optionOf(points, series, kind, colours, Boolean(onPoint)), { notMerge: true })
  }, [ready, points, series, kind, colours, onPoint])

  const empty = series.every((one) => one.values.every((value) => value === 0))
  return (
    <figure className="chart">
      <ul className="legend" aria-hidden="true">
        {series.map((one) => (
          <li key={one.name}>
            <i style={{ background: `var(--${one.colour})` }} />
            {one.name}
          </li>
        ))}
      </ul>
      <div className="chart-box" style={{ height }}>
        <div ref={box} role="img" aria-label={label} style={{ height }} />
        {empty ? <p className="chart-none quiet">{t('common:chart.none')}</p> : null}
      </div>
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
    </figure>
  )
}

function optionOf(
  points: readonly string[],
  series: readonly Series[],
  kind: 'bars' | 'lines',
  c: Record<TokenName, string>,
  pointing: boolean,
): EChartsCoreOption {
  const text = { color: c['ink-3'], fontSize: 11, fontFamily: 'inherit' }
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 10, bottom: 2, containLabel: true },
    tooltip: {
      trigger: 'axis',
      axisPointer:
        kind === 'bars'
          ? { type: 'shadow', shadowStyle: { color: c.hover, opacity: 0.6 } }
          : { type: 'line', lineStyle: { color: c['line-strong'] } },
      backgroundColor: c.raised,
      borderColor: c.line,
      borderWidth: 1,
      padding: [6, 10],
      textStyle: { color: c.ink, fontSize: 12, fontFamily: 'inherit' },
      extraCssText: 'box-shadow:0 4px 20px rgba(10,24,28,.14);font-variant-numeric:tabular-nums',
    },
    xAxis: {
      type: 'category',
      data: [...points],
      axisLine: { lineStyle: { color: c['line-strong'] } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
      triggerEvent: pointing,
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      axisLabel: text,
      splitLine: { lineStyle: { color: c.line } },
    },
    series: series.map((one) => ({
      name: one.name,
      type: kind === 'bars' ? 'bar' : 'line',
      data: [...one.values],
      itemStyle: { color: c[one.colour] },
      cursor: pointing ? 'pointer' : 'default',
      ...(kind === 'bars'
        ? { stack: 'all', barMaxWidth: 26, barCategoryGap: '28%' }
        : { symbol: 'circle', symbolSize: 5, showSymbol: points.length <= 31, lineStyle: { width: 2 }, smooth: 0.15 }),
    })),
  }
}
