import type { Output, Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import { Refusal } from '../base/error.ts'
import { ThreadFault, threadFaults, threadTask } from '../base/thread.ts'
import { type ItemFile, readItemFile } from '../engines/table/index.ts'
import type { monitoring } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { files } from './lane.ts'

const task = threadTask<typeof readItemFile>(new URL('../engines/table/read.ts', import.meta.url), 'readItemFile')
const smallTask = threadTask<typeof readSmallFile>(new URL(import.meta.url), 'readSmallFile')

/** What the thread that answers people has to take over and write out: 5,000 rows of twenty columns. */
const mostValues = 100_000

/** The same, refused where more comes of it than an answer should carry. Runs in a thread. */
export async function readSmallFile(bytes: Uint8Array): Promise<ItemFile> {
  const file = await readItemFile(bytes)
  const values = countValues(file)
  if (values <= mostValues) return file
  const [zh, en] = [values.toLocaleString('zh-CN'), values.toLocaleString('en-GB')]
  return {
    kind: 'unreadable',
    why: {
      zh: `内容过多（${zh} 个单元格或字段，一次最多 100,000 个），请拆分后分次导入，或由信息科用命令行导入`,
      en: `it holds too much (${en} cells or fields, at most 100,000 at a time); split it, or have IT import it by the command line`,
    },
  }
}

function countValues(file: ItemFile): number {
  if (file.kind === 'unreadable') return 0
  if (file.kind === 'table') return file.rows.reduce((all, { cells }) => all + cells.length, 0)
  let values = file.broken.length
  const waiting: unknown[] = file.items.map(({ value }) => value)
  for (let value = waiting.pop(); value !== undefined || waiting.length > 0; value = waiting.pop()) {
    values += 1
    if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) waiting.push(inner)
  }
  return values
}

/** Reads a file of items beside the thread that answers people: what it unfolds to is the sender's choice. Its bytes are gone then. */
export const readFileAside = (bytes: Uint8Array): Promise<ItemFile> => aside(task, bytes)

async function aside(by: typeof task, bytes: Uint8Array): Promise<ItemFile> {
  try {
    return await files.run(by, bytes, undefined, [bytes])
  } catch (error) {
    if (!(error instanceof ThreadFault)) throw error
    return { kind: 'unreadable', why: threadFaults[error.reason] }
  }
}

type Asked = (typeof monitoring)['monitoring.read_file']

/** The ask: a file as rows and columns or as items, so that a person can say what is what before anything is taken in. */
export async function readFile(_tx: ReadTx, { base64 }: Parsed<Asked>): Promise<Output<Asked>> {
  const file = await aside(smallTask, Buffer.from(base64, 'base64'))
  if (file.kind === 'unreadable')
    throw new Refusal(monitoringErrors.file_unreadable, { reason: file.why.zh, reasonEn: file.why.en })
  const { notes } = file
  if (file.kind === 'table') {
    const { columns, rows, map } = file
    return {
      columns: [...columns],
      rows: rows.map(({ line, cells }) => ({ line, cells: [...cells] })),
      map,
      items: [],
      broken: [],
      notes: [...notes],
    }
  }
  return { columns: [], rows: [], map: {}, items: [...file.items], broken: [...file.broken], notes: [...notes] }
}
