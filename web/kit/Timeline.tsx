import type { ReactNode } from 'react'
import { TimeAgo } from './TimeAgo.tsx'

export interface Happening {
  id: string | number
  at: string
  /** Who did it, with their unit; absent when the system did. */
  who: string
  what: ReactNode
  body?: ReactNode
  /** What the words lead to. */
  after?: ReactNode
  tone?: 'plain' | 'strong' | 'burn' | 'good'
}

/** Who did what, newest last, on one line of time. */
export function Timeline({ items, label }: { items: readonly Happening[]; label: string }) {
  return (
    <ol className="timeline" aria-label={label}>
      {items.map((item) => (
        <li key={item.id} id={`event-${item.id}`} tabIndex={-1} className={item.tone ?? 'plain'}>
          <div className="timeline-head">
            <span className="timeline-what">{item.what}</span>
            <span className="quiet">{item.who}</span>
            <span className="quiet push">
              <TimeAgo at={item.at} />
            </span>
          </div>
          {item.body ? <div className="timeline-body">{item.body}</div> : null}
          {item.after}
        </li>
      ))}
    </ol>
  )
}
