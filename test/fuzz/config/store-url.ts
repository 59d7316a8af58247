import { storeFromUrl } from '../../../src/adapter/store/from-url.ts'
import { TielineError } from '../../../src/core/error.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

const PASSWORD = 'TOP_SECRET' // no scheme has an underscore
const VALID = [
  'memory:',
  'sqlite:./tieline.db',
  'sqlite:/var/lib/tieline.db',
  `postgres://tieline:${PASSWORD}@db/tieline`,
  `POSTGRES://t:${PASSWORD}@db`,
  `pg2://:${PASSWORD}@db`,
  'sqlite::memory:',
]

export const store: AnyTarget = target<{ readonly url: string }, 'agrees' | 'silent'>({
  name: 'store-url',
  about: 'TIELINE_STORE',
  laws: {
    agrees:
      'memory: is a store in memory, sqlite:PATH one in a file and postgres://… one on a server, neither opened yet, anything else is CONFIG_INVALID',
    silent: 'the message names the scheme and nothing behind it: there may be a password',
  },
  make: (chance) => {
    const url = chance.one(VALID)
    return { url: chance.once(10) ? url : mutateText(chance, url, chance.one(VALID)) }
  },
  async check({ url }, broken) {
    try {
      await using found = await storeFromUrl(url)
      const wanted =
        url === 'memory:'
          ? 'memory'
          : url.startsWith('sqlite:')
            ? 'sqlite'
            : /^postgres(ql)?:/.test(url)
              ? 'postgres'
              : 'refused'
      if (found.traits.name !== wanted) broken('agrees', `${found.traits.name}, not ${wanted}`)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'CONFIG_INVALID') throw thrown
      if (url === 'memory:' || /^sqlite:[^:f]/.test(url)) broken('agrees', thrown.message)
      if (!url.startsWith('sqlite:') && url.includes(`:${PASSWORD}@`) && thrown.message.includes(PASSWORD.slice(0, 5)))
        broken('silent', thrown.message)
    }
  },
})
