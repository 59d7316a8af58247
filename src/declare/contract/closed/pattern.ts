/**
 * Whether a pattern means the same with the flag `u`, under which checkers run it, as in a library that runs it without. It does when no part
 * of it takes exactly one character of any kind, for that is a code unit without the flag and a code point with it.
 */
export function isSamePattern(pattern: RegExp): boolean {
  if (pattern.flags === 'u') return true
  return (
    pattern.flags === '' &&
    isAscii(pattern.source) &&
    !/\[\^|\\[DSWPp]|\(\?[!<]/.test(pattern.source) &&
    !hasDot(pattern.source)
  )
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && !/\\[ux]/.test(text)

/** A dot that is neither escaped nor in a class; `.*` takes the same texts either way. */
function hasDot(source: string): boolean {
  return source
    .replace(/\\./g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replaceAll('.*', '')
    .includes('.')
}
