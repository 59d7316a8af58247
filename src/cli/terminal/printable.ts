/**
 * Text from outside, safe for a terminal and for one line: control characters are shown as `\x1b`, never sent. Ids, keys and
 * reasons come from senders and could otherwise move the cursor or change colours.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** The same, but line breaks and tabs stay: for bodies. */
export function printableLines(text: string): string {
  return text.replace(CONTROL, (found) =>
    found === '\n' || found === '\t' ? found : `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for; U+202A to U+2069 turn the reading direction
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
