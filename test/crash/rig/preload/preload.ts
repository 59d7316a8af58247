// Loaded into the runtime and each of its threads before their own code (NODE_OPTIONS, which a thread cannot be started without). Watches
// the doors through which the runtime reaches disk and network; the product knows nothing of it.
import { watchFiles } from './files.ts'
import { watchHttp } from './http.ts'
import { wanted } from './passage.ts'
import { watchPostgres } from './postgres.ts'
import { watchSqlite } from './sqlite.ts'

if (wanted !== undefined) {
  watchHttp()
  if (process.env['TIELINE_STORE']?.startsWith('postgres')) watchPostgres()
  else {
    watchFiles()
    watchSqlite()
  }
}
