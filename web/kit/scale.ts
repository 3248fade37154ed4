/** Round ticks from 0 to at least `most`: steps of 1, 2 or 5 times a power of ten, four or five of them. */
export function ticksUpTo(most: number): number[] {
  const rough = Math.max(most, 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power)
  const count = Math.max(1, Math.ceil(most / step))
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

/** Every how many points a label has room, at some seven pixels a character. */
export function labelStep(points: readonly string[], pointWidth: number): number {
  const longest = Math.max(1, ...points.map((point) => point.length)) * 7 + 10
  return Math.max(1, Math.ceil(longest / Math.max(pointWidth, 1)))
}
