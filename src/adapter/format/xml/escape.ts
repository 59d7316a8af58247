/** Text for an element. CR as a reference, for a parser would make it LF; `>` too, so that `]]>` never stands there. */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(text)
    ? text.replace(/[&<>\r]/g, (found) =>
        found === '&' ? '&amp;' : found === '<' ? '&lt;' : found === '>' ? '&gt;' : '&#13;',
      )
    : text
}

/** Text for an attribute in double quotes. Line breaks and tabs as references, for a parser would make them spaces. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replace(/["\t\n]/g, (found) => (found === '"' ? '&quot;' : `&#${found.charCodeAt(0)};`))
}
