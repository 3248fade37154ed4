/** The first so many characters, and a mark that there are more. */
export function cut(text: string, most: number): string {
  const all = [...text]
  return all.length > most ? `${all.slice(0, most).join('').trimEnd()}…` : text
}
