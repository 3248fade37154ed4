/** 128 bits of a text as 32 hex digits: four FNV-1a walks with different starts and a mix. For names, not for secrets. */
export function hashText(text: string): string {
  const lanes = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    for (let lane = 0; lane < 4; lane += 1)
      lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ (code + lane * 0x10001 * (i & 0xff)), 0x01000193 + lane * 2)
  }
  return lanes
    .map((lane) => {
      let mixed = lane ^ (lane >>> 16)
      mixed = Math.imul(mixed, 0x85ebca6b)
      mixed ^= mixed >>> 13
      mixed = Math.imul(mixed, 0xc2b2ae35)
      return ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, '0')
    })
    .join('')
}
