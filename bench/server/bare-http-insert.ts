// The practical limit of a durable receiver: bare node:http, and one group-committed, synced insert of the body per request.
// It verifies nothing, checks nothing, recognises no repeat. argv: database file
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { answer } from './answer.ts'

const db = new DatabaseSync(process.argv[2] ?? 'bare.db')
db.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE body(id INTEGER PRIMARY KEY, at INT, body BLOB)',
)
const insert = db.prepare('INSERT INTO body(at, body) VALUES(?, ?)')
let waiting: { readonly body: Buffer; readonly response: ServerResponse }[] = []

function flush(): void {
  const batch = waiting
  waiting = []
  const at = Date.now()
  db.exec('BEGIN')
  for (const { body } of batch) insert.run(at, body)
  db.exec('COMMIT')
  for (const { response } of batch) answer(response)
}

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), response })
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
