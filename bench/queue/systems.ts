import type { System } from './system.ts'

/** Every system that is measured. Ours first, then hand-written SQL, then the peers. */
export const SYSTEMS: Readonly<Record<string, () => Promise<System>>> = {
  'tieline-store': async () => (await import('./tieline-store.ts')).tielineStore,
  'tieline-runtime': async () => (await import('./tieline-runtime.ts')).tielineRuntime,
  'hand-sql': async () => (await import('./hand-sql.ts')).pinned,
  'hand-sql-unpinned': async () => (await import('./hand-sql.ts')).unpinned,
  'hand-sql-lease': async () => (await import('./hand-sql-lease.ts')).leased,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileWorker,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBoss,
  dbos: async () => (await import('./dbos.ts')).dbos,
  'bullmq-always': async () => (await import('./bullmq.ts')).always,
  'bullmq-everysec': async () => (await import('./bullmq.ts')).everysec,
}
