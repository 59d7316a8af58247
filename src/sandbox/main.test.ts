import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'

let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

function start(...args: string[]): {
  out: () => string
  err: () => string
  exit: Promise<unknown[]>
  line: Promise<string>
} {
  const main = `${import.meta.dirname}/main.ts`
  child = spawn(process.execPath, ['--conditions=@tieline/source', main, ...args], { stdio: 'pipe' })
  let [out, err] = ['', '']
  const line = new Promise<string>((resolve) => {
    child?.stdout?.on('data', (chunk) => {
      out += String(chunk)
      if (out.includes('\n')) resolve(out)
    })
  })
  child.stderr?.on('data', (chunk) => {
    err += String(chunk)
  })
  return { out: () => out, err: () => err, exit: once(child, 'close'), line }
}

it('is a process that says where its servers are, and ends on SIGTERM', async () => {
  const { line, exit } = start('--json', '--faster', '3000')
  const urls = JSON.parse(await line) as Record<'payments' | 'crm' | 'app', string>
  for (const name of ['payments', 'crm', 'app'] as const) {
    expect((await fetch(`${urls[name]}/_sandbox/ledger`)).status).toBe(200)
  }
  child?.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})

it('says which setting is wrong', async () => {
  const { exit, err } = start('--port-crm', 'x')
  expect([await exit, err()]).toEqual([[3, null], expect.stringContaining('--port-crm x: expected a number')])
})
