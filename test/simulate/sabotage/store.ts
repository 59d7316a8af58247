import type { Sabotage } from './sabotage.ts'

/** Bugs of a store: what it remembers, whom it believes, in which order it hands out. */
export const STORE: readonly Sabotage[] = [
  {
    name: 'no-dedupe',
    about: 'a repeated message is stored again',
    changes: [
      {
        file: 'adapter/store/memory/core.ts',
        find: 'if (this.#seen.has(mark)) {',
        put: 'if (mark === undefined) {',
      },
    ],
  },
  {
    name: 'unfenced-settle',
    about: 'whoever settles is believed, whatever lease it has',
    changes: [
      {
        file: 'engine/lanes/leases.ts',
        find: 'return held && held.token === token && held.owner === owner && !held.ending ? held : undefined',
        put: 'return held && token > 0 && owner !== undefined && !held.ending ? held : undefined',
      },
    ],
  },
  {
    name: 'fenced-by-owner-only',
    about: 'a former run of the same process may end the lease of its later one',
    changes: [
      {
        file: 'engine/lanes/leases.ts',
        find: 'return held && held.token === token && held.owner === owner',
        put: 'return held && token > 0 && held.owner === owner',
      },
    ],
  },
  {
    name: 'retry-at-the-tail',
    about: 'what failed goes behind what came after it',
    changes: [
      {
        file: 'engine/lanes/lists.ts',
        find: 'this.#slots.id(list.tail) >= id) return',
        put: 'this.#slots.id(list.tail) === id) return',
      },
    ],
  },
  {
    name: 'lost-wake-up',
    about: 'a lane that gets work while its head is being settled is never looked at again',
    changes: [
      {
        file: 'engine/lanes/lanes.ts',
        find: `this.#notes.delete(held.id)
    this.#release(held)
    this.#arrange(held.lane, now)`,
        put: `this.#notes.delete(held.id)
    this.#release(held)
    if (held.lane.count === 0) this.#arrange(held.lane, now)`,
      },
    ],
  },
  {
    name: 'claim-without-lock',
    about: 'a lane stays ready while its head is leased: two messages of one key at once',
    changes: [
      {
        file: 'engine/lanes/lanes.ts',
        find: "lane.place = 'leased'\n",
        put: "lane.place = 'none'\n    this.#arrange(lane, 0)\n",
      },
    ],
  },
  {
    name: 'one-statement-claim',
    about: 'what is claimed is read before the lane is locked, so it may be what somebody else has done meanwhile',
    changes: [
      {
        file: 'testing/simulation/store-port.ts',
        find: 'const { disturbed } = process\n',
        put: `const { disturbed } = process
      const old = await read('store.claim reads', () => {
        const heads = new Map<number, string>()
        for (const { id, lane, state } of core.works.values())
          if (state === 'pending' && !heads.has(lane)) heads.set(lane, String(id))
        return heads
      })
`,
      },
      {
        file: 'testing/simulation/store-port.ts',
        find: 'const claimed = core.claim(at, request)',
        put: `const claimed = core.claim(at, request).map((one) => {
          const head = old.get(core.works.get(Number(one.lease.id))!.lane)
          return head === undefined ? one : { ...one, message: core.works.get(Number(head))!.message }
        })`,
      },
    ],
  },
  {
    name: 'dead-letter-without-body',
    about: 'a dead letter keeps its cause but not its body',
    changes: [
      {
        file: 'adapter/store/memory/core.ts',
        find: "work.state = 'dead'\n",
        put: "work.state = 'dead'\n        work.body = new Uint8Array()\n",
      },
    ],
  },
  {
    name: 'settle-without-emit',
    about: 'what an outcome emits is not stored together with it',
    changes: [
      {
        file: 'adapter/store/memory/core.ts',
        find: 'for (const message of outcome.emit ?? []) this.#acceptOne(at, message)',
        put: '',
      },
    ],
  },
  {
    name: 'dead-letter-does-not-hold',
    about: 'later messages of a key go on though its dead letter should hold them',
    changes: [
      {
        file: 'engine/lanes/holds.ts',
        find: 'return first !== undefined && first <= id',
        put: 'return first !== undefined && first === id',
      },
    ],
  },
  {
    name: 'window-off-by-one',
    about: 'the first message that memory has no room for is never read again',
    changes: [
      {
        file: 'engine/lanes/lanes.ts',
        find: `if (known && known.count >= this.#options.laneWindow) {
      known.resumeAt = row.id`,
        put: `if (known && known.count >= this.#options.laneWindow) {
      known.resumeAt = row.id + 1`,
      },
    ],
  },
  {
    name: 'starved-tenant',
    scenario: 'gates',
    about: 'a tenant that has its turn keeps it as long as it has work: whoever has little waits for whoever has much',
    changes: [
      {
        file: 'engine/lanes/turns.ts',
        find: '&& --share.deficit < 1',
        put: '&& share.deficit < 1',
      },
    ],
  },
  {
    name: 'journal-unfenced',
    about: 'a run that has lost its lease still writes the saga’s journal',
    changes: [
      {
        file: 'adapter/store/memory/core.ts',
        find: "if (!work || !this.lanes.held(id, entry.lease.owner, entry.lease.token)) return 'stale'",
        put: "if (!work) return 'stale'",
      },
    ],
  },
]
