import { readFileSync } from 'node:fs'
import { parseFeed } from '../engines/feed/index.ts'
import { print, readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan feed FILE…
  不用数据库，解析 RSS、Atom、JSON Feed 文件。Parses feed files: {file, title, entries: [{id, title, url, author, published_at, html}], problems}.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, {})
  if (!given) return 0
  if (given.positionals.length === 0) throw new UsageFault(usage)
  let unreadable = 0
  for (const file of given.positionals) {
    try {
      const { title, entries, problems } = parseFeed(readFileSync(file), {})
      const rows = entries.map(({ id, title, url, author, publishedAt, html }) => ({
        id,
        title,
        url,
        author,
        published_at: publishedAt,
        html,
      }))
      print({ file, title, entries: rows, problems })
    } catch (error) {
      unreadable += 1
      say(`无法读取 ${file} / cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return unreadable > 0 ? 1 : 0
}
