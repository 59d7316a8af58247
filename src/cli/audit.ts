import type { AuditEntry } from '../engine/steering/audit.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, withAdmin } from './option.ts'
import type { Setup } from './report.ts'
import { printable } from './terminal/printable.ts'

interface Entries {
  readonly entries: readonly AuditEntry[]
}

export const audit: Setup = (command, perform) => {
  withAdmin(command, 'tieline audit').action((options: AdminOptions) =>
    perform(async () => {
      const answer = await (await connect(options)).get<Entries>('audit')
      return { json: answer, text: () => answer.entries.map(line).join('\n') || 'No operator has done anything yet.' }
    }),
  )
}

const line = ({ atMs, verb, target, why }: AuditEntry): string =>
  `${new Date(atMs).toISOString()}  ${verb.padEnd(7)} ${printable(target)}: ${printable(why)}`
