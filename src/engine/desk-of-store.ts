import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { History, Move, Store, WorkRow } from '../port/store.ts'
import { decodeBody } from './body.ts'
import { chooseDead, groupDead } from './dead-letters.ts'
import type { DeadChoice, Desk, Limit, Status } from './desk.ts'
import { flowFacts } from './flow-facts.ts'
import type { Gates } from './gates/gates.ts'
import { readmit } from './readmit.ts'
import { inputOf, type Routing } from './routing.ts'
import type { Audit } from './steering/audit.ts'
import type { Controls } from './steering/controls.ts'
import type { Drains } from './steering/drains.ts'
import { resourceOf } from './steering/resource.ts'
import { whyOf } from './why.ts'

export interface DeskParts {
  readonly store: Store
  readonly host: Host
  readonly routing: Routing
  readonly controls: Controls
  readonly drains: Drains
  readonly audit: Audit
  readonly gates: Gates
  readonly facts: {
    readonly startedMono: number
    readonly closed: () => string | undefined
    readonly progressMono: () => number
  }
}

/** Work that is ready and has not moved for so long means that nothing progresses. */
const STUCK_MS = 30_000
const REPLAY_CHUNK = 100

export function createDesk(parts: DeskParts): Desk {
  const { store, host, routing, controls, drains, audit, gates, facts } = parts

  async function status(): Promise<Status> {
    const now = await store.status()
    const mono = host.clock.mono()
    const idle = now.leased === 0 && now.waiting === 0 && controls.list().length === 0
    const stuck = now.pending > 0 && idle && now.oldestMs > STUCK_MS && mono - facts.progressMono() > STUCK_MS
    const reason =
      facts.closed() ??
      (stuck ? `ready work has not moved for ${Math.round((mono - facts.progressMono()) / 1000)} s` : undefined)
    return {
      ...now,
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      uptimeMs: Math.round(mono - facts.startedMono),
      store: store.traits.name,
      owner: host.name,
    }
  }

  async function show(id: string): Promise<History[]> {
    const { items } = await store.find({ id, limit: 100 })
    const works = items.length > 0 ? items.map((row) => row.work) : [id]
    return store.history(works)
  }

  async function replay(choice: DeadChoice): Promise<readonly string[]> {
    const rows = await chooseDead(store, choice)
    if (choice.rate === undefined) return replayAll(rows, choice.why)
    const interval = 1_000 / choice.rate
    void (async () => {
      for (const row of rows) {
        await replayAll([row], choice.why).catch(refusal)
        await host.clock.sleep(interval)
      }
    })().catch((error: unknown) => host.log('error', 'desk.replay', { error }))
    return rows.map((row) => row.work)
  }

  /** Quarantined messages that still break their contract stay, and do not end a replay at a rate. */
  function refusal(thrown: unknown): void {
    if (!(thrown instanceof TielineError) || thrown.disposition === 'retry') throw thrown
    host.log('warn', 'desk.replay', { fault: faultOf(thrown) })
  }

  async function replayAll(rows: readonly WorkRow[], why: string): Promise<readonly string[]> {
    const moved: string[] = []
    let refused: TielineError | undefined
    for (const row of rows.filter((one) => one.state === 'quarantined')) {
      try {
        moved.push(...(await readmit(parts, row.work, why)))
      } catch (thrown) {
        if (!(thrown instanceof TielineError) || thrown.disposition === 'retry') throw thrown
        refused ??= thrown // it stays where it is; the others go on
      }
    }
    const dead = rows.filter((one) => one.state === 'dead').map((row): Move => ({ work: row.work, to: 'ready', why }))
    for (let at = 0; at < dead.length; at += REPLAY_CHUNK)
      moved.push(...(await store.move(dead.slice(at, at + REPLAY_CHUNK))))
    if (moved.length === 0 && refused !== undefined) throw refused
    return moved
  }

  async function discard(choice: DeadChoice): Promise<readonly string[]> {
    const rows = await chooseDead(store, choice)
    return store.move(rows.map((row): Move => ({ work: row.work, to: 'discard', why: choice.why })))
  }

  async function edit(work: string, body: Uint8Array, why: string): Promise<readonly string[]> {
    const [known] = await store.history([work])
    if (known === undefined) throw new TielineError('NOT_FOUND', `there is no work ${JSON.stringify(work)}`)
    if (known.state === 'quarantined') return readmit(parts, work, why, body)
    const flow = routing.flows.get(known.flow)
    const contract = flow && inputOf(flow, known.source, known.type)?.from.contract
    const checked = contract?.check(decodeBody(body, known.attributes['datacontenttype']))
    if (checked?.ok === false) {
      const issue = checked.issues[0]
      throw new TielineError(
        'CONTRACT_BROKEN',
        `the edited body does not fit ${contract?.name}: ${issue?.path} ${issue?.message}`,
      )
    }
    return store.move([{ work, to: 'ready', why, body }])
  }

  return {
    status,
    flows: () => [...new Set(routing.flows.values())].map(flowFacts),
    find: (query) => store.find(query),
    show,
    why: (key) => whyOf(parts, key),
    dead: (filter) => groupDead(store, filter),
    replay,
    discard,
    edit,
    controls: () =>
      controls.list().map((control) => {
        const left = control.kind === 'drain' ? drains.left(control.target) : undefined
        return left === undefined ? control : { ...control, left }
      }),
    pause: (target, options) => controls.set({ target, kind: 'pause', why: options.why }, options),
    drain: (target, options) => controls.set({ target, kind: 'drain', why: options.why }, options),
    resume: (target, why) => controls.clear(target, why),
    limit: (target, limit, options) =>
      controls.set({ target, kind: 'limit', ...checkedLimit(target, limit), why: options.why }, options),
    gates: () => gates.list(),
    probe: async (target, why) => {
      const probed = gates.probe(target)
      await audit.note({ verb: 'probe', target, why })
      return probed
    },
    audit: () => audit.list(),
  }
}

function checkedLimit(target: string, limit: Limit): Limit {
  const { kind } = resourceOf(target)
  if (kind === 'tenant' || kind === 'key')
    throw new TielineError(
      'REQUEST_INVALID',
      `limit ${target}: use flow, connector or operation; a ${kind} can be paused`,
    )
  if ('concurrency' in limit) {
    if (Number.isInteger(limit.concurrency) && limit.concurrency >= 1) return limit
    throw new TielineError(
      'REQUEST_INVALID',
      `concurrency ${limit.concurrency}: use a whole number of 1 or more; to stop it, pause it`,
    )
  }
  if (limit.perSecond > 0 && limit.perSecond <= 1_000_000) return limit
  throw new TielineError('REQUEST_INVALID', `perSecond ${limit.perSecond}: use a number above 0; to stop it, pause it`)
}
