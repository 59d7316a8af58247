/** So much of a file is looked at before the first row is read. */
export const SAMPLE = 65_536

export const SEPARATORS = [',', ';', '\t', '|'] as const

export type Separator = (typeof SEPARATORS)[number]

/** Lines end at LF, with or without CR before it; at CR only where the sample has CR and no LF. */
export function newlineOf(sample: string): '\n' | '\r' {
  return !sample.includes('\n') && sample.includes('\r') ? '\r' : '\n'
}

/**
 * The separator of a file: what `sep=` in the first line says, as spreadsheets write it, else the candidate that stands most often in the first
 * line that is not blank, outside of quotes. A draw, and a file of one column, goes to the first of comma, semicolon, tab, bar.
 * @returns how many characters of the sample are that `sep=` line
 */
export function separatorOf(sample: string): { readonly separator: Separator; readonly skip: number } {
  const said = /^sep=([,;\t|])\r?(?:\n|$)/i.exec(sample)
  if (said !== null) return { separator: said[1] as Separator, skip: said[0].length }
  const counts = new Map<string, number>()
  let quoted = false
  let blank = true
  for (const character of sample) {
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) {
      if (!blank) break
      continue
    } else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1)
    blank = false
  }
  let separator: Separator = ','
  for (const candidate of SEPARATORS)
    if ((counts.get(candidate) ?? 0) > (counts.get(separator) ?? 0)) separator = candidate
  return { separator, skip: 0 }
}
