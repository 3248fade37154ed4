import { ExportOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Output } from '../asks.ts'
import { useText } from '../i18n/index.ts'
import { Fold } from './Fold.tsx'
import { Highlight } from './Highlight.tsx'
import { TimeAgo } from './TimeAgo.tsx'
import { PlatformTag } from './tags.tsx'

type Post = Output<'monitoring.get_mention'>

/** A post as it was published: where, by whom, when, its words with what rules found in them, and the way to the original. */
export function PostText({ post, head = 'h2', aside }: { post: Post; head?: 'h2' | 'h3'; aside?: ReactNode }) {
  const { t } = useText()
  const Head = head
  const spans = (field: 'title' | 'text' | 'author') => post.spans.filter((span) => span.field === field)
  return (
    <>
      <div className="row quiet">
        <PlatformTag value={post.platform} />
        <PostKind value={post.kind} />
        <span className="soft">
          {post.author ? <Highlight text={post.author} spans={spans('author')} /> : t('common:state.unknown')}
        </span>
        <TimeAgo at={post.publishedAt} />
        <span className="push row">
          {aside}
          <Original url={post.url} />
        </span>
      </div>
      {post.title ? (
        <Head className="reading-title">
          <Highlight text={post.title} spans={spans('title')} />
        </Head>
      ) : null}
      <Fold length={post.text.length} above={1500}>
        <p className="reading-text">
          <Highlight text={post.text} spans={spans('text')} />
        </p>
      </Fold>
    </>
  )
}

/** The address is a stranger's: only the web's own kinds are followed, and nothing is told to the other side. */
function Original({ url }: { url: string | null }) {
  const { t } = useText()
  if (!url || !/^https?:/.test(url)) return <span>{t('common:post.no_url')}</span>
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {t('common:post.original')} <ExportOutlined />
    </a>
  )
}

const kinds = ['post', 'article', 'comment', 'video', 'complaint'] as const

function PostKind({ value }: { value: string }) {
  const { t } = useText()
  const kind = kinds.find((one) => one === value) ?? 'other'
  return <span className="platform">{t(`common:post_kind.${kind}`)}</span>
}
