import 'server-only'

const BLOCK = 512

/**
 * Files as a tar of the format ustar (POSIX.1-2008, pax "ustar Interchange Format"). Without a date or an owner: the same files
 * give the same bytes.
 * @throws Error for a path that the format has no room for: its first folder over 155 bytes, the rest over 100
 */
export function tar(files: readonly { readonly path: string; readonly text: string }[]): Buffer {
  const parts = files.flatMap(({ path, text }) => {
    const content = Buffer.from(text)
    return [header(path, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

function header(path: string, size: number): Buffer {
  const slash = path.indexOf('/')
  const [prefix, name] = slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)]
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155) throw new Error('A path is too long for a tar')
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(name, 0)
  block.write(octal(0o644, 7), 100) // mode
  block.write(octal(0, 7), 108) // uid
  block.write(octal(0, 7), 116) // gid
  block.write(octal(size, 11), 124)
  block.write(octal(0, 11), 136) // mtime
  block.write(' '.repeat(8), 148) // the checksum counts itself as spaces
  block.write('0', 156) // a regular file
  block.write('ustar\0' + '00', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
