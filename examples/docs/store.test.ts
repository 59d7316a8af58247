// #region laws
import { test } from 'node:test'
import { memory } from 'tieline/memory' // your store in its place
import { storeSuite, virtualClock } from 'tieline/testing'

const laws = storeSuite({
  reopen: false, // it does not outlive its process
  open: async () => {
    const clock = virtualClock()
    const store = memory({ clock })
    await store.migrate()
    return { store, advance: clock.advance, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
  },
})

for (const { name, skip, run } of laws) test(name, { skip: skip ?? false }, run)
// #endregion
