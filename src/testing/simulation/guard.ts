/** Real time, chance and network: while a run lasts nothing else in the process can run, so whoever touches them is the code under test. */
const BANNED: readonly (readonly [target: object, where: string, names: readonly string[]])[] = [
  [
    globalThis,
    '',
    [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'fetch',
      'WeakRef',
      'FinalizationRegistry',
      'MessageChannel',
      'BroadcastChannel',
    ],
  ],
  [Math, 'Math.', ['random']],
  [Date, 'Date.', ['now']],
  [Object.getPrototypeOf(performance) as object, 'performance.', ['now']],
  [process, 'process.', ['hrtime', 'nextTick']],
  [AbortSignal, 'AbortSignal.', ['timeout']],
  [Object.getPrototypeOf(crypto) as object, 'crypto.', ['randomUUID', 'getRandomValues']],
  [Atomics, 'Atomics.', ['waitAsync']],
]

const USE: Readonly<Record<string, string>> = {
  'Date.now': 'host.clock.now()',
  'new Date()': 'host.clock.now()',
  'performance.now': 'host.clock.mono()',
  'Math.random': 'host.random()',
  setTimeout: 'host.clock.sleep()',
  setInterval: 'host.clock.sleep()',
  fetch: 'an operation of a connector',
}

/** Bans the real world until it is disposed. It records as well as throws: a caught error still fails the run. */
export interface Guard extends Disposable {
  readonly touched: readonly string[]
}

export function guard(): Guard {
  const touched: string[] = []
  const undo: [object, string, PropertyDescriptor][] = []
  const refuse = (name: string): never => {
    touched.push(name)
    const instead = USE[name] ?? 'a port of the host'
    throw new Error(`${name} is not deterministic: nothing that is simulated may use it; use ${instead}`)
  }
  const replace = (target: object, name: string, value: unknown): void => {
    const was = Object.getOwnPropertyDescriptor(target, name)
    if (was?.configurable !== true) return
    undo.push([target, name, was])
    Object.defineProperty(target, name, { ...withoutAccess(was), writable: true, value })
  }
  for (const [target, where, names] of BANNED) {
    for (const name of names) replace(target, name, () => refuse(where + name))
  }
  replace(
    globalThis,
    'Date',
    new Proxy(Date, {
      construct: (target, parameters, self) =>
        parameters.length === 0 ? refuse('new Date()') : (Reflect.construct(target, parameters, self) as object),
      apply: () => refuse('Date()'),
    }),
  )
  return {
    touched,
    [Symbol.dispose]: () => {
      for (const [target, name, was] of undo.splice(0).reverse()) Object.defineProperty(target, name, was)
    },
  }
}

const withoutAccess = ({ configurable = true, enumerable = true }: PropertyDescriptor): PropertyDescriptor => ({
  configurable,
  enumerable,
})
