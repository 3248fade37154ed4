// Checked by `tsc`, never run: what must not compile.
import type { Kysely } from 'kysely'
import type { DB } from '../../db/types.ts'
import { type DoorTx, type ReadTx, recordFact, type Tx, type WorkTx } from './db.ts'

declare const raw: Kysely<DB>
declare const read: ReadTx
declare const write: Tx
declare const door: DoorTx
declare const work: WorkTx
declare function listRows(tx: ReadTx): Promise<void>
declare function changeRow(tx: Tx): Promise<void>
declare function sweep(tx: WorkTx): Promise<void>

void listRows(read)
void listRows(write)
void recordFact(work, 'monitoring.mentions_stored', {})
// @ts-expect-error a bare connection has no actor
void listRows(raw)
// @ts-expect-error a reader cannot write
void read.insertInto('access.grant')
// @ts-expect-error a reader cannot be handed to a writer
void changeRow(read)
// @ts-expect-error the door is nobody
void listRows(door)
// @ts-expect-error the program itself is no person
void changeRow(work)
// @ts-expect-error and a person is not the program
void sweep(write)
// @ts-expect-error a column that is not there
void write.selectFrom('access.person').select('nickname').execute()
