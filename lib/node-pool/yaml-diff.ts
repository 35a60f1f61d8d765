/** A line of a difference; `gap` stands for lines that are left out. */
export interface DiffLine {
  readonly sign: 'same' | 'added' | 'removed' | 'gap'
  readonly text: string
}

const CONTEXT = 3
/** Longer texts are not compared line by line: the table of their pairs would be too large. */
const MAX_LINES = 1500

const split = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** Lines that differ, each with a few of those around it (longest common subsequence). Empty when nothing differs. */
export function yamlDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [split(before), split(after)]
  const all = old.length > MAX_LINES || now.length > MAX_LINES ? [...old.map(removed), ...now.map(added)] : aligned(old, now)
  const near = (index: number): boolean => all.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== 'same')
  const shown: DiffLine[] = []
  all.forEach((line, index) => {
    if (near(index)) shown.push(line)
    else if (shown.at(-1)?.sign !== 'gap') shown.push({ sign: 'gap', text: '' })
  })
  return shown.some(({ sign }) => sign === 'added' || sign === 'removed') ? shown : []
}

const removed = (text: string): DiffLine => ({ sign: 'removed', text })
const added = (text: string): DiffLine => ({ sign: 'added', text })

function aligned(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const width = now.length + 1
  const longest = new Uint16Array((old.length + 1) * width)
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) longest[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [left, right] = [old[i], now[j]]
    if (left !== undefined && left === right) {
      lines.push({ sign: 'same', text: left })
      i++
      j++
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(left))
      i++
    } else if (right !== undefined) {
      lines.push(added(right))
      j++
    }
  }
  return lines
}
