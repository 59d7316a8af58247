/** Lets one waiter through per wake-up; a wake-up that comes while nobody waits is remembered. A hint: a poll stands behind it. */
export interface Wake {
  wake(): void
  wait(): Promise<void>
}

export function createWake(): Wake {
  let open = false
  let waiter: (() => void) | undefined
  return {
    wake: () => {
      open = true
      waiter?.()
    },
    wait: () => {
      if (open) {
        open = false
        return Promise.resolve()
      }
      return new Promise((go) => {
        waiter = () => {
          waiter = undefined
          open = false
          go()
        }
      })
    },
  }
}
