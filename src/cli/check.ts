import { relative } from 'node:path'
import { Option } from 'commander'
import { checkHost } from '../adapter/http/guard.ts'
import { envSecrets } from '../adapter/secret/env/index.ts'
import type { App } from '../app.ts'
import { toTielineError } from '../core/error.ts'
import { checkDeclarations, RULES } from '../derive/check/checks.ts'
import type { Declared, Finding } from '../derive/check/finding.ts'
import { loadConfig } from './config/load.ts'
import { placeText } from './config/mistake.ts'
import { type CommonOptions, withCommon } from './option.ts'
import { probe } from './probe.ts'
import type { Report, Setup } from './report.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'

interface CheckOptions extends CommonOptions {
  readonly probe?: true
  readonly skip?: readonly string[]
}

interface Placed extends Finding {
  /** The file, with line and column where they are known. */
  readonly file: string
}

export const check: Setup = (command, perform) => {
  command
    .option('--probe', 'also open a connection to each target')
    .addOption(new Option('--skip <rule...>', 'leave rules out').choices(Object.keys(RULES)))
  withCommon(command, 'tieline check --probe --skip secret-set').action((options: CheckOptions) =>
    perform(async () => {
      const loaded = await loadConfig(options.config)
      if (loaded.as === 'mistake') {
        const { message, advice } = loaded.mistake
        const found = { rule: 'configuration', severity: 'error', where: 'the file', message, advice } as const
        return report(loaded.file, 0, [{ ...found, file: placeText(loaded.mistake) }])
      }
      const { flows } = loaded.app.declaration
      const findings = [
        ...checkDeclarations(declared(loaded.app), options.skip),
        ...(options.probe ? await probe(flows) : []),
      ]
      return report(
        loaded.file,
        flows.length,
        findings.map((finding) => ({ ...finding, file: loaded.file })),
      )
    }),
  )
}

function declared({ declaration }: App): Declared {
  const { flows, secrets = envSecrets(process.env) } = declaration
  return {
    flows,
    endpoints: [...new Set(flows.flatMap(({ inputs }) => inputs.map(({ from }) => from.endpoint)))],
    secretProblem: (name) => {
      try {
        return secrets.read(name).length > 0 ? undefined : `the secret ${name} is not set`
      } catch (thrown) {
        return toTielineError(thrown).message
      }
    },
    isPrivate: (hostname) => {
      try {
        checkHost(hostname)
        return false
      } catch {
        return true
      }
    },
  }
}

function report(file: string, flows: number, findings: readonly Placed[]): Report {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  const sum = `${flows} flow${flows === 1 ? '' : 's'}, ${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`
  return {
    json: { file, flows, errors, warnings, findings },
    text: () => [...findings.map(findingText), errors === 0 ? paint.good(sum) : paint.bad(sum)].join('\n'),
    exit: errors === 0 ? 0 : 1,
  }
}

function findingText({ rule, severity, where, message, advice, file }: Placed): string {
  const mark = severity === 'error' ? paint.bad(severity) : paint.warn(severity)
  const place = paint.dim(relative(process.cwd(), file))
  return `${mark}  ${paint.strong(printable(where))}: ${printable(message)}\n  ${advice}\n  ${place}  ${paint.dim(rule)}\n`
}
