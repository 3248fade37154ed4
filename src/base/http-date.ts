const zoned = /(?:\b(?:gmt|utc?)|z|:\d\d\s*[+-]\d\d:?\d\d)\s*$/i

/** The moment of a date in a header. Without a zone it means GMT, wherever this program runs; NaN when it is none. */
export const readHttpDate = (text: string): number =>
  Date.parse(zoned.test(text) ? text : `${text.trim()}${/\dT\d/.test(text) ? 'Z' : ' GMT'}`)
