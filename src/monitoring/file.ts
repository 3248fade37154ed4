import type { Output, Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import { Refusal } from '../base/error.ts'
import { ThreadFault, threadFaults, threadTask } from '../base/thread.ts'
import type { ItemFile, readItemFile } from '../engines/table/index.ts'
import type { monitoring } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { files } from './lane.ts'

const task = threadTask<typeof readItemFile>(new URL('../engines/table/read.ts', import.meta.url), 'readItemFile')

/** Reads a file of items beside the thread that answers people: what it unfolds to is the sender's choice. */
export async function readFileAside(bytes: Uint8Array): Promise<ItemFile> {
  try {
    return await files.run(task, bytes)
  } catch (error) {
    if (!(error instanceof ThreadFault)) throw error
    return { kind: 'unreadable', why: threadFaults[error.reason] }
  }
}

type Asked = (typeof monitoring)['monitoring.read_file']

/** The ask: a file as rows and columns or as items, so that a person can say what is what before anything is taken in. */
export async function readFile(_tx: ReadTx, { base64 }: Parsed<Asked>): Promise<Output<Asked>> {
  const file = await readFileAside(Buffer.from(base64, 'base64'))
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
