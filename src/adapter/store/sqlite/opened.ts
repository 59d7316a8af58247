import { setImmediate as turn } from 'node:timers/promises'
import type { TielineError } from '../../../core/error.ts'
import { Alarm } from '../../../engine/lanes/alarm.ts'
import { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import { refuseMoved } from '../../../engine/move/mark.ts'
import { markOf } from './archive/mark.ts'
import { Checkpoints } from './checkpoint.ts'
import { claiming } from './claim.ts'
import { Commits } from './commits.ts'
import { Counter } from './counts.ts'
import { Dedupe } from './dedupe.ts'
import { Desk } from './desk.ts'
import { Documents } from './documents.ts'
import { isCorruption, storeError } from './failure.ts'
import { closeUntouched, makeFolder, openFile } from './file.ts'
import { Inflight } from './inflight.ts'
import { journalling } from './journal.ts'
import { Ledger } from './ledger.ts'
import { lock } from './lock.ts'
import { moving } from './move.ts'
import { Names } from './names.ts'
import type { Settings } from './options.ts'
import { Purge } from './purge.ts'
import { settling } from './settle.ts'
import { recover, restoreLanes, restoreMarks } from './start.ts'
import { Trail } from './trail.ts'
import { Wal } from './wal.ts'
import { Warm } from './warm.ts'
import { Window } from './window.ts'

/** Tokens of one opening: the epoch is the upper part, so that a token never comes back after a restart. */
const TOKENS = 2 ** 32
/** Work whose crash is noted in one statement of its own, when its lease ran out in this very process. */
const CRASHED = `INSERT INTO wait(id, attempt, crashes, replays, journal, due) SELECT id, 0, ?, 0, 0, 0 FROM todo WHERE id = ?
  ON CONFLICT(id) DO UPDATE SET crashes = excluded.crashes, due = 0`

/** A store that is open: its parts, put together. */
export interface Opened {
  readonly moment: () => Moment
  readonly lanes: Lanes
  readonly ledger: Ledger
  readonly commits: Commits
  readonly window: Window
  readonly alarm: Alarm
  readonly documents: Documents
  readonly desk: Desk
  readonly purge: Purge
  readonly claim: ReturnType<typeof claiming>
  readonly settle: ReturnType<typeof settling>
  readonly append: ReturnType<typeof journalling>
  readonly move: ReturnType<typeof moving>
  /** Why nothing can be done any more. */
  readonly broken: TielineError | undefined
  /** Ends the leases that ran out. */
  expire(at: Moment): void
  /** What a failed read says to its caller. */
  failed(thrown: unknown): TielineError
  close(): Promise<void>
}

/** Locks, checks and opens the file. What takes long (known messages, the size of the log) goes on after it returns; commits wait for it. */
export function open(path: string, settings: Settings): Opened {
  const { clock } = settings
  const moment = (): Moment => ({ now: Math.floor(clock.now()), mono: clock.mono() })
  makeFolder(path)
  const locked = lock(path)
  let file: ReturnType<typeof openFile>
  try {
    file = openFile(path, settings.maxBytes)
  } catch (thrown) {
    locked[Symbol.dispose]()
    throw thrown
  }
  const { db } = file
  try {
    return assemble()
  } catch (thrown) {
    closeUntouched(db, path)
    locked[Symbol.dispose]()
    throw storeError(thrown, path)
  }

  function assemble(): Opened {
    refuseMoved(markOf(db), path)
    const names = new Names(db)
    const counter = new Counter(db)
    const inflight = new Inflight(path)
    recover(db, counter, inflight)
    const lanes = new Lanes({
      flowWindow: settings.flowWindow,
      laneWindow: settings.laneWindow,
      tokens: counter.now.opened * TOKENS,
      onReady: (flow) => alarm.ready(names.name(flow)),
    })
    restoreLanes(db, counter, lanes)
    const dedupe = new Dedupe(settings.dedupe)
    const warm = new Warm()
    const trail = new Trail(db)
    const ledger = new Ledger({ db, names, counter, dedupe, warm, lanes })
    const wal = new Wal(path)
    const crashed = db.prepare(CRASHED)
    let expired: (readonly [id: number, crashes: number])[] = []
    let broken: TielineError | undefined

    const commits = new Commits({
      db,
      path,
      moment,
      sync(done) {
        const onDisk = ledger.beginSync()
        settings.sync(wal.file, (error) => {
          if (!error) {
            onDisk(clock.mono())
            window.readOn()
            alarm.reset()
          }
          done(error)
        })
      },
      open(at) {
        expire(at)
        ledger.open()
        for (const [id, crashes] of expired) crashed.run(crashes, id)
      },
      close() {
        ledger.close()
        counter.save()
      },
      kept() {
        expired = []
        names.keep()
        counter.keep()
        ledger.kept()
        checkpoints.committed()
        window.readOn()
        alarm.reset()
      },
      lost() {
        names.forget()
        counter.forget()
        ledger.lost()
      },
      fatal,
    })
    const checkpoints = new Checkpoints(db, path, commits, fatal)
    const window = new Window({ db, lanes, moment, visible: () => ledger.visible, failed })
    const alarm = new Alarm(clock, () => {
      const at = moment()
      expire(at)
      lanes.promote(at.mono)
      return lanes.nextDue
    })

    /** Ends leases that ran out; their crashes are written with the next commit. */
    function expire(at: Moment): void {
      for (const { id } of lanes.expire(at.mono)) {
        inflight.end(id)
        expired.push([id, lanes.note(id).crashes])
      }
    }

    function fatal(error: TielineError): void {
      if (broken) return
      broken = error
      commits.break(error)
      settings.onFatal(error)
    }

    function failed(thrown: unknown): TielineError {
      const error = storeError(thrown, path)
      if (isCorruption(thrown)) fatal(error)
      return error
    }

    const prepared = Promise.all([restoreMarks(db, dedupe, 2 * settings.dedupe), wal.fill(settings.logBytes)]).then(
      () => {
        commits.start()
        window.readOn()
        if (file.unchecked) checkpoints.check()
      },
      (thrown) => fatal(failed(thrown)),
    )
    // Delivery of what waits starts with the first page, before the rest of the start-up is through.
    window.readOn()

    return {
      moment,
      lanes,
      ledger,
      commits,
      window,
      alarm,
      expire,
      failed,
      claim: claiming({ db, lanes, names, warm, inflight, trail }),
      settle: settling({ db, lanes, counter, ledger, inflight, trail }),
      append: journalling(db, lanes, trail),
      move: moving({ db, lanes, counter, inflight, trail }),
      documents: new Documents(db),
      desk: new Desk({ db, lanes, names, counter, dedupe, trail }),
      purge: new Purge(db, dedupe),
      get broken(): TielineError | undefined {
        return broken
      },
      async close(): Promise<void> {
        alarm.close()
        window.close()
        await prepared
        checkpoints.finish()
        if (!broken) await commits.run({ weight: 0, until: 'disk', write: () => {} }).catch(() => {})
        await checkpoints.close()
        await turn()
        inflight.close()
        wal.close()
        if (broken) closeUntouched(db, path)
        else db.close()
        locked[Symbol.dispose]()
      },
    }
  }
}
