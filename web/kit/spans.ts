export interface Span {
  start: number
  end: number
}

/** Spans may overlap, repeat, come unsorted or lie outside. */
export function pieces(text: string, spans: readonly Span[]): { text: string; start: number; marked: boolean }[] {
  const found: { text: string; start: number; marked: boolean }[] = []
  const push = (start: number, end: number, marked: boolean) => {
    if (end > start) found.push({ text: text.slice(start, end), start, marked })
  }
  let at = 0
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, span.start)
    const end = Math.min(text.length, span.end)
    if (end <= start) continue
    push(at, start, false)
    push(start, end, true)
    at = end
  }
  push(at, text.length, false)
  return found
}

/** Where the words of a search occur, without regard to case. */
export function spansOf(text: string, words: readonly string[]): Span[] {
  const lower = text.toLowerCase()
  // Lower-casing may change lengths (İ); offsets would then lie.
  if (lower.length !== text.length) return []
  return words
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word.length > 0)
    .flatMap((word) => {
      const spans: Span[] = []
      for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, at + word.length))
        spans.push({ start: at, end: at + word.length })
      return spans
    })
}
