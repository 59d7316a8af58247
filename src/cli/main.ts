#!/usr/bin/env node
// Every Node must be able to read this file: it is the one that says which Node is needed. So it imports nothing of ours by itself.
import module from 'node:module'
import process from 'node:process'

const NEEDED = 24 // runs TypeScript as it is, and has the SQLite that the embedded store uses

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  const message = `tieline needs Node ${NEEDED} or newer; this is ${process.versions.node} at ${process.execPath}`
  const advice = `Install Node ${NEEDED}, or in a project: npm install --save-dev node@${NEEDED} and run tieline by an npm script.`
  const asJson = process.argv.includes('--json')
  if (asJson) console.log(JSON.stringify({ error: { code: 'CONFIG_INVALID', message, advice } }))
  else console.error(`${message}\n  ${advice}`)
  process.exitCode = 3
} else {
  module.enableCompileCache()
  const { run } = await import('./program.ts')
  process.exit(await run(process.argv.slice(2)))
}
