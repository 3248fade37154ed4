import { inflateRawSync } from 'node:zlib'

/** All that an archive may unfold to. */
const mostBytes = 150 * 1024 * 1024
const mostEntries = 2000

/** Whether an archive unfolds within bounds. Its own words about sizes are not believed: each entry is unfolded up to what is left. */
export function unfoldsWithin(bytes: Uint8Array): boolean {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end + 22 > archive.length) return false
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  let left = mostBytes
  if (count > mostEntries) return false
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== 0x02014b50) return false
    const method = archive.readUInt16LE(at + 10)
    const size = archive.readUInt32LE(at + 20)
    const local = archive.readUInt32LE(at + 42)
    if (local + 30 > archive.length) return false
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    if (start + size > archive.length) return false
    left -= method === 0 ? size : unfolded(archive.subarray(start, start + size), left)
    if (left <= 0) return false
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return true
}

function unfolded(folded: Buffer, most: number): number {
  try {
    return inflateRawSync(folded, { maxOutputLength: most, chunkSize: 1024 * 1024 }).length
  } catch {
    return most
  }
}
