import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { takeIn } from '../src/monitoring/index.ts'
import { openBenchDatabase } from './database.ts'
import { manyItems } from './posts.ts'
import { type Row, round } from './row.ts'

const count = 20_000

/** From lines of a file to stored and judged, durable batch by batch; against a plain COPY of the rows that this made. */
export async function* benchIntake(): AsyncGenerator<Row> {
  const house = await openBenchDatabase()
  try {
    const lines = [...manyItems(count)].map((item) => JSON.stringify(item))
    await takeIn(
      house.db,
      [...manyItems(500)].map((item) => ({ ...item, id: `warm-${JSON.stringify(item).length}` })),
      { sourceId: null },
    )
    const started = performance.now()
    const taken = { new: 0, repeated: 0, irrelevant: 0 }
    for (let from = 0; from < lines.length; from += 5000) {
      const items = lines.slice(from, from + 5000).map((line) => JSON.parse(line) as unknown)
      const done = await takeIn(house.db, items, { sourceId: null })
      taken.new += done.new
      taken.repeated += done.repeated
      taken.irrelevant += done.irrelevant
    }
    const seconds = (performance.now() - started) / 1000
    const copySeconds = (await copyAgain(house.admin, 'post')) + (await copyAgain(house.admin, 'mention'))
    const against = `COPY of the ${taken.new} mentions and their posts into the same tables and indexes: ${round(copySeconds)} s`
    yield {
      name: 'intake.rate',
      value: Math.round(count / seconds),
      unit: 'items/s',
      ratio: round(seconds / copySeconds),
      against,
      bar: '≥ 2000',
    }
  } finally {
    await house.close()
  }
}

/** Seconds to COPY a table's rows into an empty twin with the same indexes. */
async function copyAgain(admin: pg.Client, table: string): Promise<number> {
  const chunks: Buffer[] = []
  for await (const chunk of admin.query(copyTo(`copy monitoring.${table} to stdout`)) as AsyncIterable<Buffer>) chunks.push(chunk)
  await admin.query(`create table monitoring.${table}_twin (like monitoring.${table} including all)`)
  const started = performance.now()
  await pipeline(Readable.from(chunks), admin.query(copyFrom(`copy monitoring.${table}_twin from stdin`)))
  const seconds = (performance.now() - started) / 1000
  await admin.query(`drop table monitoring.${table}_twin`)
  return seconds
}
