import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Closes every run with what was skipped, by name and why, and one plain line of counts. */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const state = (wanted: string): TestCase[] => tests.filter((test) => test.result().state === wanted)
    const skipped = state('skipped')
    const broken = modules.filter((module) => module.errors().length > 0).length
    if (skipped.length > 0) console.log('\nSkipped:')
    for (const test of skipped) {
      const result = test.result()
      const note = result.state === 'skipped' ? result.note : undefined
      console.log(`  ${test.module.relativeModuleId} > ${test.fullName}${note === undefined ? '' : ` — ${note}`}`)
    }
    console.log(
      `\n${state('passed').length} passed, ${state('failed').length + broken} failed, ${skipped.length} skipped`,
    )
  }
}
