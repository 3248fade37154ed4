import { Fragment } from 'react'
import { pieces, type Span } from './spans.ts'

/** Marks spans (UTF-16 offsets, as the server counts) in a text. The text stays text: nothing in it can become markup. */
export function Highlight({ text, spans }: { text: string; spans: readonly Span[] }) {
  return pieces(text, spans).map((piece) =>
    piece.marked ? <mark key={piece.start}>{piece.text}</mark> : <Fragment key={piece.start}>{piece.text}</Fragment>,
  )
}
