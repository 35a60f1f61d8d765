const MAX_LENGTH = 500

// ANSI escapes first (CSI, OSC, single ones), while their ESC still marks them; then every other control character.
// Quantifiers are bounded or run over disjoint classes, so a hostile text costs linear time.
const ANSI = /\u001b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)?|[@-Z\\^_])/g
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
// Marks that turn the reading direction or are invisible: with them a name can be made to read as another one.
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g

/**
 * Text of a cluster (condition messages, names) as it may be shown: anyone who can write an object there chooses it. It is
 * cut before it is cleaned, so that a 1 MiB message costs as little as a short one. New lines and tabs stay.
 */
export function cleanText(raw: unknown, maxLength = MAX_LENGTH): string {
  if (typeof raw !== 'string') return ''
  const long = raw.length > maxLength * 8
  const text = (long ? raw.slice(0, maxLength * 8) : raw)
    .replace(ANSI, '')
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .trim()
  return text.length > maxLength || long ? cut(text, maxLength) : text
}

/** One line of it, for sentences. */
export function cleanLine(raw: unknown, maxLength = 200): string {
  return cleanText(cleanText(raw, maxLength * 2).replace(/\s+/g, ' '), maxLength)
}

function cut(text: string, maxLength: number): string {
  const end = maxLength - 1
  // A surrogate pair is never cut in two: half of one is shown as a replacement character and breaks strict encoders.
  const code = text.charCodeAt(end - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end).trimEnd() + '…'
}

/** "1 machine", "3 machines". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** "a", "a and b", "a, b and 3 more". */
export function listed(names: readonly string[], shown = 2): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length <= shown) return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
}
