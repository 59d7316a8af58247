import { loadApp } from './config/load.ts'
import { type CommonOptions, withCommon } from './option.ts'
import type { Setup } from './report.ts'

export const migrate: Setup = (command, perform) => {
  withCommon(command, 'tieline migrate --config tieline.config.ts').action((options: CommonOptions) =>
    perform(async () => {
      const { app } = await loadApp(options.config)
      await using store = await app.openStore()
      await store.migrate()
      const { name } = store.traits
      return { json: { migrated: true, store: name }, text: () => `The tables of the ${name} store are up to date.` }
    }),
  )
}
