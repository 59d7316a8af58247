import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { TielineError } from '../../core/error.ts'
import { type Face, single } from './face.ts'
import { mustBe, respond, shown } from './halves.ts'
import { type ConnectorLaw, type ConnectorLaws, someOperation } from './law.ts'
import type { Line } from './line.ts'
import type { Pages } from './subject.ts'

const needsPages = someOperation(({ pages }) => pages !== undefined, 'no example says how its operation is paged')

export const pagingLaws: ConnectorLaws = {
  'all pages are read, each item once, and they end': paged(async (line, face, pages) => {
    const items: unknown[] = []
    let input: unknown = await pages.given(line.call)
    for (let page = 1; input !== undefined; page++) {
      assert.ok(page <= pages.count + 2, `${face.place}: ${page} pages for ${pages.count} items: they do not end`)
      const result = await line.perform(face, input, `page-${page}`)
      items.push(...pages.items(result))
      input = pages.next(result, input)
      assert.ok(page > 1 || input !== undefined, `${face.place}: the example has one page only, which proves nothing`)
    }
    const once = items.filter((item, i) => items.findIndex((other) => isDeepStrictEqual(other, item)) === i)
    assert.equal(once.length, items.length, `${face.place}: an item stands on two pages: ${shown(items)}`)
    assert.equal(items.length, pages.count, `${face.place}: ${items.length} items of ${pages.count}`)
  }),

  'a page that leads to itself is an error': paged(async (line, face, pages) => {
    const first = await pages.given(line.call)
    const second = pages.next(await line.perform(face, first, 'page-1'), first)
    const again = line.answers.at(-1)
    assert.ok(
      second !== undefined && again !== undefined,
      `${face.place}: the example has one page only, which proves nothing`,
    )
    let result: unknown
    try {
      result = respond(face, again, second) // what leads to the second page, as the answer to the second page
    } catch (thrown) {
      const code = thrown instanceof TielineError ? thrown.code : String(thrown)
      mustBe(code, 'PROVIDER_ANSWER', face.place)
      return
    }
    const next = pages.next(result, second)
    const endless = isDeepStrictEqual(next, second)
    assert.ok(
      !endless,
      `${face.place}: the answer to ${shown(second)} leads to itself, and reading would never end; throw PROVIDER_ANSWER`,
    )
  }),
}

function paged(prove: (line: Line, face: Face, pages: Pages<unknown, unknown>) => Promise<void>): ConnectorLaw {
  return {
    needs: (subject) =>
      subject.provider === undefined ? 'the subject has no provider to look at' : needsPages(subject),
    prove: async (stage) => {
      for (const example of stage.subject.operations) {
        if (example.pages === undefined) continue
        await using line = await stage.open()
        await prove(line, single(example), example.pages)
      }
    },
  }
}
