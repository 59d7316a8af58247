import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { freePort, owned, temporary } from './process.ts'

/** Why the BullMQ peers are not measured here; undefined when they can be. */
export function redisMissing(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  return error === undefined
    ? undefined
    : 'redis-server is not in PATH (Debian: apt-get install redis-server; macOS: brew install redis)'
}

/**
 * A Redis of its own on a free port of this machine, as its documentation advises for queues: append-only file, synced every second.
 * Up to a second of acknowledged events is lost with the machine, none with a process.
 */
export async function redis(): Promise<{ readonly port: string } & AsyncDisposable> {
  const folder = await temporary()
  const port = String(await freePort())
  const options = ['--bind', '127.0.0.1', '--port', port, '--dir', folder.path, '--save', '']
  const child = spawn('redis-server', [...options, '--appendonly', 'yes', '--appendfsync', 'everysec'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = owned(child)
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
  })
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await gone
      await folder[Symbol.asyncDispose]()
    },
  }
}
