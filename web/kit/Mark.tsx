/** 安澜: three lines of water, growing calm. */
export function Mark() {
  return (
    <svg className="mark" viewBox="4 8 24 19" aria-hidden="true">
      <path d="M6 12.5c3.3-3.4 6.7-3.4 10 0s6.7 3.4 10 0" />
      <path d="M6 18.5c3.3-2.4 6.7-2.4 10 0s6.7 2.4 10 0" opacity=".75" />
      <path d="M6 24c3.3-1 6.7-1 10 0s6.7 1 10 0" opacity=".5" />
    </svg>
  )
}

/** The same water as a quiet ground for large surfaces: rows of waves that flatten towards the top. */
export function Waves({ rows = 7, className }: { rows?: number; className?: string }) {
  const lines = Array.from({ length: rows }, (_, row) => {
    const swell = 1.5 + row * 1.2
    const y = 14 + row * 15
    const path = Array.from({ length: 9 }, () => `q12.5-${swell} 25 0t25 0`).join('')
    return <path key={y} d={`M${-25 - (row % 2) * 25} ${y}${path}`} opacity={0.25 + row * 0.1} />
  })
  return (
    <svg className={className} viewBox={`0 0 200 ${rows * 15 + 10}`} preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1">
        {lines}
      </g>
    </svg>
  )
}
