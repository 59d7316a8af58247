/** The part of a test's context that is used here. */
interface Skippable {
  skip(note?: string): never
}

/**
 * Ends a test, or each test of a suite from its `beforeEach`, whose server is not there: skipped, with what is missing and how to get it. Where
 * TIELINE_REQUIRE is `all`, as in CI, it fails.
 */
export function needs(context: Skippable, missing: string | undefined): void {
  if (missing === undefined) return
  if (process.env['TIELINE_REQUIRE'] === 'all') throw new Error(missing)
  context.skip(missing)
}
