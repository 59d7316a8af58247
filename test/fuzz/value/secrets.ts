import { envSecrets } from '../../../src/adapter/secret/env/index.ts'
import { TielineError } from '../../../src/core/error.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

const VALID = ['whsec_new,whsec_old', 'whsec_only', ' a , b ', ',', '', 'a,b,c', 'x'.repeat(16_384), 'x'.repeat(16_385)]

export const secrets: AnyTarget = target<{ readonly text: string }, 'agrees' | 'silent' | 'stays'>({
  name: 'secrets',
  about: 'values of a secret in an environment variable',
  laws: {
    agrees:
      'one value, or two with a comma between, without spaces around and never empty; more, or longer ones, are CONFIG_INVALID',
    silent: 'the message holds nothing of a value',
    stays: 'read again it is the same list',
  },
  make: (chance) => {
    const text = chance.one(VALID)
    return { text: chance.once(10) ? text : mutateText(chance, text, chance.one(VALID)) }
  },
  check({ text }, broken) {
    const wanted = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
    const good = wanted.length <= 2 && wanted.every(({ length }) => length <= 16_384)
    const env = { SIGNING: text }
    const from = envSecrets(env)
    try {
      const found = from.read('SIGNING')
      if (!good || found.join('\0') !== wanted.join('\0') || found.length !== wanted.length)
        broken('agrees', found.join(' and '))
      if (from.read('SIGNING').join('\0') !== found.join('\0') || from.read('OTHER').length !== 0) broken('stays')
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'CONFIG_INVALID') throw thrown
      if (good) broken('agrees', thrown.message)
      if (wanted.some((value) => value.length > 12 && thrown.message.includes(value))) broken('silent', thrown.message)
    }
  },
  grow: { to: 131_072, run: (text) => envSecrets({ SIGNING: text }).read('SIGNING') },
})
