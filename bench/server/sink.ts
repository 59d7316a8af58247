// The other side of every delivery: a raw-socket HTTP server that answers 200 and costs as little as it can.
import net, { type AddressInfo } from 'node:net'

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
const END = Buffer.from('\r\n\r\n')
const LENGTH = Buffer.from('content-length: ')
let calls = 0

const server = net.createServer((socket) => {
  socket.setNoDelay(true)
  let rest: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.indexOf(END)
      if (end < 0) return
      const at = rest.indexOf(LENGTH)
      const length =
        at >= 0 && at < end
          ? Number.parseInt(rest.toString('latin1', at + LENGTH.length, at + LENGTH.length + 10), 10)
          : 0
      if (rest.length < end + 4 + length) return
      rest = rest.subarray(end + 4 + length)
      calls++
      socket.write(ANSWER)
    }
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(calls >= 0 ? 0 : 1))
