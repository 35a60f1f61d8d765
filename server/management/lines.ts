import 'server-only'

/** Splits a byte stream into its non-empty lines. A last line without its end is a cut connection, not an event: dropped. */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      // Parts are joined once a line: joining at each chunk makes a large object quadratic.
      rest.push(text.slice(start, end))
      const line = rest.join('')
      rest = []
      start = end + 1
      if (line.trim() !== '') yield line
    }
    if (start < text.length) rest.push(text.slice(start))
  }
}
