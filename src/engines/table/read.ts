import { parse as parseCsv } from 'csv-parse/sync'
import { readSheet } from 'read-excel-file/universal'
import { parseJson, UnreadableJson } from '../../base/json.ts'
import { decodeBytes } from '../text/decode.ts'
import { type ColumnMap, guessColumns } from './columns.ts'
import { unfoldsWithin } from './zip.ts'

export interface Words {
  readonly zh: string
  readonly en: string
}

/** A file of items: as objects, or as a table whose columns are still to be named. */
export type ItemFile =
  | {
      readonly kind: 'items'
      readonly items: readonly FileItem[]
      readonly broken: readonly number[]
      readonly notes: readonly Words[]
    }
  | {
      readonly kind: 'table'
      readonly columns: readonly string[]
      readonly rows: readonly FileRow[]
      readonly map: ColumnMap
      readonly notes: readonly Words[]
    }
  | { readonly kind: 'unreadable'; readonly why: Words }

export interface FileItem {
  /** Line of the file, or place in the list, from 1. */
  readonly line: number
  readonly value: unknown
}
export interface FileRow {
  readonly line: number
  readonly cells: readonly string[]
}

const mostRows = 100_000
const mostColumns = 200
const mostValues = 20_000_000

const unreadable = (zh: string, en: string): ItemFile => ({ kind: 'unreadable', why: { zh, en } })

/** Reads a file of items however hospitals have it: Excel, CSV, a JSON array, one JSON object a line; in UTF-8, GBK or UTF-16. */
export async function readItemFile(bytes: Uint8Array): Promise<ItemFile> {
  if (bytes.length === 0) return unreadable('文件是空的', 'the file is empty')
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return readExcel(bytes)
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    return unreadable(
      '这是旧版 Excel（.xls）文件，请另存为 .xlsx 或 CSV',
      'this is an old Excel file (.xls); save it as .xlsx or CSV',
    )
  const { text, problems, refused } = decodeBytes(bytes)
  if (refused) return unreadable(refused.zh, refused.en)
  const notes = problems.map(({ zh, en }) => ({ zh, en }))
  const start = text.trimStart().charAt(0)
  if (start === '[') return readArray(text, notes)
  if (start === '{') return readLines(text, notes)
  return readCsv(text, notes)
}

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, at) => bytes[at] === byte)

function readArray(text: string, notes: readonly Words[]): ItemFile {
  try {
    const list = parseJson(text, { maxValues: mostValues }) as unknown[]
    return { kind: 'items', items: list.map((value, at) => ({ line: at + 1, value })), broken: [], notes }
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error
    const lines = readLines(text, notes)
    return lines.kind === 'items' && lines.items.length > 0
      ? lines
      : unreadable('不是有效的 JSON 数组', 'it is no valid JSON array')
  }
}

/** Lines end at line feeds alone: U+2028 may stand inside a text. A whole object over several lines is one item or holds a list. */
function readLines(text: string, notes: readonly Words[]): ItemFile {
  const items: FileItem[] = []
  const broken: number[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      items.push({ line: at + 1, value: parseJson(line) })
    } catch {
      broken.push(at + 1)
    }
  }
  if (items.length > 0) return { kind: 'items', items, broken, notes }
  try {
    const whole = parseJson(text, { maxValues: mostValues })
    const list = listIn(whole)
    return { kind: 'items', items: list.map((value, at) => ({ line: at + 1, value })), broken: [], notes }
  } catch {
    return unreadable('不是有效的 JSON', 'it is no valid JSON')
  }
}

/** `{items: […]}`, `{data: […]}` and the like hold a list; anything else is one item. */
function listIn(whole: unknown): unknown[] {
  if (typeof whole !== 'object' || whole === null) return [whole]
  const held = ['items', 'data', 'list', 'rows', 'records'].map((name) => (whole as Record<string, unknown>)[name])
  return held.find(Array.isArray) ?? [whole]
}

function readCsv(text: string, notes: readonly Words[]): ItemFile {
  const head = text.slice(0, 4000).split('\n', 3).join('\n')
  const delimiter = ['\t', ',', ';', '|', '，'].reduce((best, mark) => (times(head, mark) > times(head, best) ? mark : best), ',')
  try {
    const rows = parseCsv(text, {
      ...{ delimiter, info: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, to: mostRows + 11 },
      max_record_size: 1_000_000,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return tableOf(
      rows.map(({ record, info }) => ({ line: info.lines, cells: record })),
      notes,
    )
  } catch (error) {
    const at = (error as { lines?: number }).lines
    return unreadable(`CSV 第 ${at ?? '?'} 行附近引号不成对`, `quotes do not match near line ${at ?? '?'} of the CSV`)
  }
}

const times = (text: string, mark: string): number => text.split(mark).length

async function readExcel(bytes: Uint8Array): Promise<ItemFile> {
  if (!unfoldsWithin(bytes)) return unreadable('压缩内容过大或已损坏', 'what is packed in it is too large or damaged')
  try {
    const copy = new Uint8Array(bytes).buffer
    // Numbers stay as they are written: fifteen digits are all that a number can carry.
    const rows = await readSheet(copy, { parseNumber: ((written: string) => written) as never })
    return tableOf(
      rows.map((row, at) => ({ line: at + 1, cells: row.slice(0, mostColumns).map(cellText) })),
      [],
    )
  } catch {
    return unreadable(
      '不是可读的 Excel 工作簿（.xlsx），或已加密',
      'it is no readable Excel workbook (.xlsx), or it is encrypted',
    )
  }
}

const cellText = (cell: unknown): string => {
  // A sheet's moments have no zone: they are the clock on the wall of whoever wrote them.
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 19).replace('T', ' ')
  return cell === null || cell === undefined ? '' : String(cell)
}

/** The row that names most columns is the head; what stands above it is a heading of the page. */
function tableOf(all: readonly FileRow[], notes: readonly Words[]): ItemFile {
  const filled = all.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const named = filled.slice(0, 10).map(({ cells }) => Object.keys(guessColumns(cells)).length)
  const head = Math.max(0, named.indexOf(Math.max(...named)))
  const columns = (filled[head]?.cells ?? []).slice(0, mostColumns).map((cell) => cell.trim().slice(0, 60))
  const rows = filled.slice(head + 1)
  if (rows.length === 0) return unreadable('没有数据行', 'there are no rows of data')
  const tooMany = rows.length > mostRows
  const cutNote = { zh: `只读取前 ${mostRows} 行`, en: `only the first ${mostRows} rows are read` }
  return {
    kind: 'table',
    columns,
    rows: rows.slice(0, mostRows),
    map: guessColumns(columns),
    notes: tooMany ? [...notes, cutNote] : notes,
  }
}
