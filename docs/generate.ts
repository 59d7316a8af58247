// npm run docs:generate: writes the parts of docs/reference/ that are made from code. test/docs.test.ts fails while one is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HUBSPOT_FAULTS } from '../src/adapter/connector/hubspot/faults.ts'
import { NETSUITE_FAULTS } from '../src/adapter/connector/netsuite/faults.ts'
import { SALESFORCE_FAULTS } from '../src/adapter/connector/salesforce/faults.ts'
import { STRIPE_FAULTS } from '../src/adapter/connector/stripe/faults.ts'
import { WEBHOOK_FAULTS } from '../src/adapter/connector/webhook/faults.ts'
import { CODES, type ErrorCode } from '../src/core/codes.ts'
import { HTTP_FAULTS } from '../src/declare/fault/http-faults.ts'
import type { FaultTable } from '../src/declare/target/operation.ts'
import { RULES } from '../src/derive/check/checks.ts'
import { ROUTES } from '../src/serve/admin/routes.ts'
import { GATEWAY_LIMITS } from '../src/serve/gateway/limits.ts'
import { problem } from '../src/serve/gateway/problem.ts'

const ROOT = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Text in a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Aligned as the formatter aligns tables. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows].map((cells) => cells.map(cell))
  const widths = titles.map((_, i) => Math.max(3, ...lines.map((cells) => [...(cells[i] ?? '')].length)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? '') + ' '.repeat(width - [...(cells[i] ?? '')].length)).join(' | ')} |`
  const [head = [], ...body] = lines
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

function codes(): string {
  const rows = Object.entries(CODES).map(([code, { disposition, advice }]) => {
    const { status } = problem(code as ErrorCode, '')
    return [`\`${code}\``, disposition, status === 500 ? '' : String(status), advice]
  })
  return table(['code', 'engine', 'gateway', 'what to do'], rows)
}

function faults(): string {
  const tables: readonly (readonly [string, FaultTable])[] = [
    ['HTTP, behind every other table', HTTP_FAULTS],
    ['Stripe', STRIPE_FAULTS],
    ['HubSpot', HUBSPOT_FAULTS],
    ['Salesforce', SALESFORCE_FAULTS],
    ['NetSuite', NETSUITE_FAULTS],
    ['Webhooks that Tieline sends', WEBHOOK_FAULTS],
  ]
  return tables
    .map(([name, { source, rows }]) => {
      const cells = rows.map(({ status, code, means, afterMs, why }) => [
        `${status}${code === undefined ? '' : ` \`${code}\``}`,
        means,
        afterMs === undefined ? '' : `${afterMs / 1_000} s`,
        why,
      ])
      return `### ${name}\n\nSource: ${source}\n\n${table(['status', 'means', 'pause', 'why'], cells)}`
    })
    .join('\n\n')
}

/** The help texts, from the snapshot that test/cli/help.test.ts holds against the command itself. */
function help(): string {
  const snapshot = read('test/cli/__snapshots__/help.test.ts.snap')
  const found = [...snapshot.matchAll(/^exports\[`(tieline.*?) --help 1`\] = `\n"([\s\S]*?)"\n`;$/gm)]
  const texts = new Map(found.map(([, name = '', text = '']) => [name, text.replaceAll('\\`', '`').trimEnd()]))
  return [...texts].map(([name, text]) => `### ${name}\n\n\`\`\`text\n${text}\n\`\`\``).join('\n\n')
}

function routes(): string {
  const rows = ROUTES.map(({ method, path, summary, fields }) => {
    const names = Object.entries(fields).map(([name, field]) => `\`${name}\`${field.required ? '' : '?'}`)
    return [`\`${method} /admin/v1${path}\``, names.join(', '), summary]
  })
  return table(['request', 'fields', 'does'], rows)
}

function limits(): string {
  return table(
    ['limit', 'value'],
    Object.entries(GATEWAY_LIMITS).map(([name, value]) => [`\`${name}\``, value.toLocaleString('en-US')]),
  )
}

const rules = (): string =>
  Object.keys(RULES)
    .map((name) => `\`${name}\``)
    .join(', ')

const PARTS: Readonly<Record<string, () => string>> = { codes, faults, help, routes, limits, rules }

const PAGES = ['errors.md', 'cli.md', 'http.md', 'configuration.md'].map((name) => join('docs/reference', name))

/** The page with its generated parts made anew; each stands between `<!-- generated: NAME -->` and `<!-- /generated -->`. */
function renewed(page: string): string {
  return read(page).replace(
    /<!-- generated: (\w+) -->[\s\S]*?<!-- \/generated -->/g,
    (_, name: string) => `<!-- generated: ${name} -->\n\n${PARTS[name]?.()}\n\n<!-- /generated -->`,
  )
}

/** What is in a page now, and what should be. */
export function generatedPages(): readonly { readonly page: string; readonly now: string; readonly fresh: string }[] {
  return PAGES.map((page) => ({ page, now: read(page), fresh: renewed(page) }))
}

if (import.meta.main) {
  for (const { page, now, fresh } of generatedPages()) {
    if (now !== fresh) writeFileSync(join(ROOT, page), fresh)
    console.log(`${now === fresh ? 'fresh  ' : 'written'} ${page}`)
  }
}
