// Starts a server, says where it is, and waits to be killed: for server.test.ts.
import { startPostgres } from './server.ts'

const { url, log } = await startPostgres()
process.send?.({ url, log })
setInterval(() => {}, 1_000)
