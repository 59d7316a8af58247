import type { IncomingMessage } from 'node:http'

const NOTHING = new Uint8Array(0)

/** The whole body, or `too large`, or `broken` when the sender went away. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | 'too large' | 'broken'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > maxBytes) {
        request.removeAllListeners('data')
        request.resume()
        resolve('too large')
      } else chunks.push(chunk)
    })
    request.on('end', () => {
      const [first = NOTHING] = chunks
      resolve(chunks.length > 1 ? Buffer.concat(chunks) : first)
    })
    request.on('error', () => resolve('broken'))
    request.on('close', () => resolve('broken'))
  })
}
