import { normalForm } from '../text/normal.ts'

/** What an item can be told in columns. */
export const itemFields = [
  ...(['title', 'text', 'url', 'published_at', 'author', 'platform', 'id', 'kind'] as const),
  ...(['likes', 'comments', 'shares', 'followers'] as const),
] as const
export type ItemField = (typeof itemFields)[number]
/** Which column, from 0, holds which field. */
export type ColumnMap = { readonly [F in ItemField]?: number }

/** How columns are called in what platforms, suppliers and hospitals export; the usual name first. */
const names: Readonly<Record<ItemField, readonly string[]>> = {
  title: ['标题', '文章标题', '新闻标题', '帖子标题', '主题', '题目', 'title', 'subject', 'headline'],
  text: [
    ...[
      '正文',
      '内容',
      '文章内容',
      '微博内容',
      '帖子内容',
      '评论内容',
      '信息内容',
      '投诉内容',
      '正文内容',
      '全文',
      '原文',
      '文本',
    ],
    ...['诉求内容', '摘要', 'text', 'content', 'body', '描述', 'description', 'summary'],
  ],
  url: ['链接', '原文链接', '文章链接', '网址', '原文地址', '链接地址', 'url', 'link', '地址'],
  published_at: [
    ...['发布时间', '发布日期', '发表时间', '发文时间', '发帖时间', '评论时间', '投诉时间', '时间', '日期', '创建时间'],
    ...['publishedat', 'published', 'publishtime', 'pubdate', 'time', 'date', 'createdat'],
  ],
  author: [
    ...['作者', '发布者', '发布人', '发帖人', '账号', '账号名称', '用户', '用户名', '用户昵称', '昵称', '博主', '评论人', '姓名'],
    ...['author', 'user', 'username', 'nickname', 'screenname'],
  ],
  platform: [
    '平台',
    '来源平台',
    '发布平台',
    '媒体',
    '媒体名称',
    '渠道',
    '站点',
    '网站',
    '来源',
    '信息来源',
    'platform',
    'source',
    'site',
  ],
  id: ['id', '帖子id', '文章id', '作品id', '微博id', '笔记id', '视频id', '评论id', '信息id', '唯一标识', '编号', 'mid', 'postid'],
  kind: ['类型', '信息类型', '内容类型', '体裁', 'kind', 'type'],
  likes: ['点赞', '点赞数', '点赞量', '赞', '获赞数', 'likes', 'likecount'],
  comments: ['评论', '评论数', '评论量', '回复数', 'comments', 'commentcount'],
  shares: ['转发', '转发数', '转发量', '分享', '分享数', 'shares', 'reposts', 'sharecount'],
  followers: ['粉丝', '粉丝数', '粉丝量', 'followers', 'fans'],
}

const plain = (name: string): string =>
  normalForm(name.slice(0, 200))
    .replace(/\(.*?\)|【.*?】|\[.*?\]/g, '')
    .replace(/[\s_\-:*.·]/g, '')
    .toLowerCase()

/** Which columns hold what, by their names. */
export function guessColumns(columns: readonly string[]): ColumnMap {
  const written = columns.map(plain)
  const map: Partial<Record<ItemField, number>> = {}
  const taken = new Set<number>()
  const take = (field: ItemField, fits: (column: string, name: string) => boolean) => {
    if (map[field] !== undefined) return
    for (const name of names[field]) {
      const at = written.findIndex((column, place) => column !== '' && !taken.has(place) && fits(column, name))
      if (at < 0) continue
      map[field] = at
      taken.add(at)
      return
    }
  }
  for (const field of itemFields) take(field, (column, name) => column === name)
  for (const field of itemFields)
    take(field, (column, name) => name.length >= 2 && /\p{Script=Han}/u.test(name) && column.endsWith(name))
  return map
}

/** A row as an item; empty cells say nothing. */
export function itemOf(cells: readonly string[], map: ColumnMap): object {
  const item: Record<string, unknown> = {}
  const engagement: Record<string, string> = {}
  for (const field of itemFields) {
    const at = map[field]
    const cell = at === undefined ? '' : (cells[at] ?? '').trim()
    if (cell === '') continue
    if (field === 'likes' || field === 'comments' || field === 'shares' || field === 'followers') engagement[field] = cell
    else item[field] = cell
  }
  return Object.keys(engagement).length > 0 ? { ...item, engagement } : item
}
