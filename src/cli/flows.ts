import type { FlowFacts } from '../engine/desk.ts'
import { flowFacts } from '../engine/flow-facts.ts'
import { connect } from './admin/client.ts'
import { loadApp } from './config/load.ts'
import { type AdminOptions, withCommon } from './option.ts'
import type { Setup } from './report.ts'
import { printable } from './terminal/printable.ts'
import { table } from './terminal/table.ts'

export const flows: Setup = (command, perform) => {
  withCommon(command, 'tieline flows --json')
    .option('--url <address>', 'ask a running Tieline instead of reading the configuration file')
    .action((options: AdminOptions) =>
      perform(async () => {
        const found = await facts(options)
        return { json: { flows: found }, text: () => flowsText(found) }
      }),
    )
}

async function facts(options: AdminOptions): Promise<readonly FlowFacts[]> {
  if (options.url !== undefined)
    return (await (await connect(options)).get<{ flows: readonly FlowFacts[] }>('flows')).flows
  return (await loadApp(options.config)).app.declaration.flows.map(flowFacts)
}

function flowsText(found: readonly FlowFacts[]): string {
  if (found.length === 0) return 'No flows are declared.'
  return table(found, [
    { title: 'FLOW', cell: (flow) => printable(flow.name) },
    { title: 'FROM', cell: (flow) => printable(flow.inputs.map(({ source, type }) => `${source} ${type}`).join(', ')) },
    { title: 'MAPPING', cell: (flow) => printable(flow.inputs.flatMap(({ mapping }) => mapping ?? []).join(', ')) },
    { title: 'CONTRACT', cell: (flow) => printable(flow.contract ?? '') },
    { title: 'TO', cell: ({ to }) => printable(`${to.kind} ${to.name}`) },
    { title: 'CALLS', cell: ({ to }) => printable([...to.connectors, to.steps.join(', ')].join(' ')) },
    { title: 'ORDER', cell: (flow) => flow.order },
    { title: 'AT WORK', cell: (flow) => `${flow.concurrency}`, align: 'right' },
    { title: 'TRIES', cell: (flow) => `${flow.attempts}`, align: 'right' },
  ])
}
