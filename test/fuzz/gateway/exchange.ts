import { connect } from 'node:net'

/** How the client goes away once it has written everything. */
export type End = 'half' | 'reset' | 'close'

const PATIENCE_MS = 5_000
const ENOUGH = 1_048_576

/** Writes the pieces one after the other and gives back all that came, or undefined when the other side did not close the connection. */
export function exchange(port: number, pieces: readonly Uint8Array[], end: End): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const late = setTimeout(() => {
      socket.destroy()
      resolve(undefined)
    }, PATIENCE_MS)
    const write = async (): Promise<void> => {
      for (const piece of pieces) {
        if (socket.destroyed) return
        socket.write(piece)
        await new Promise((next) => setImmediate(next))
      }
      if (end === 'half') socket.end()
      else if (end === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
    socket.on('connect', () => void write())
    socket.on('data', (chunk) => {
      if (text.length < ENOUGH) text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(late)
      resolve(text)
    })
  })
}

export interface Response {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The responses in what came, in order; undefined where it is no HTTP. A response to HEAD has a length and no body. */
export function responses(text: string): readonly Response[] | undefined {
  const found: Response[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const [line = '', ...lines] = rest.slice(0, Math.max(end, 0)).split('\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) [\w -]+$/.exec(line)?.[1]
    if (end < 0 || status === undefined) return undefined
    const headers = new Map(
      lines.map((header) => [
        header.slice(0, header.indexOf(':')).toLowerCase(),
        header.slice(header.indexOf(':') + 2),
      ]),
    )
    rest = rest.slice(end + 4)
    const length = rest.startsWith('HTTP/1.1 ') ? 0 : Number(headers.get('content-length') ?? 0)
    found.push({ status: Number(status), headers, body: rest.slice(0, length) })
    rest = rest.slice(length)
  }
  return found
}
