// Runs on a thread of its own with a connection of its own: copies pages from the log into the database file while the main
// thread goes on committing, and asks it to pause only for the last of them.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { FromThread, ToThread } from './checkpoint.ts'

/** So few frames are copied in a pause. */
const REST = 200
/** Rounds without a pause; a writer as fast as the copying would keep it busy for ever. */
const ROUNDS = 4

const port = parentPort!
const { path } = workerData as { path: string }
const db = new DatabaseSync(path, { timeout: 5_000 })
db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0')
const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const say = (message: FromThread): void => port.postMessage(message)

function copy(): number {
  const { log, checkpointed } = passive.get() as { log: number; checkpointed: number }
  return log - checkpointed
}

function guarded(act: () => void): void {
  try {
    act()
  } catch (thrown) {
    const { message, errcode } = thrown as Error & { errcode?: number }
    say({ is: 'failed', message, errcode: errcode ?? 0 })
  }
}

port.on('message', (message: ToThread) => {
  if (message === 'copy') {
    guarded(() => {
      let left = copy()
      for (let round = 1; round < ROUNDS && left > REST; round++) left = copy()
      say({ is: 'hold' })
    })
  } else if (message === 'held') {
    guarded(() => {
      copy()
      say({ is: 'copied' })
    })
  } else if (message === 'check') {
    guarded(() =>
      say({ is: 'checked', result: String(Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]) }),
    )
  } else {
    db.close()
    port.close()
  }
})
