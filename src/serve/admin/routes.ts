import type { Limit } from '../../engine/desk.ts'
import type { WorkState } from '../../port/store.ts'
import { editedBody } from './edited-body.ts'
import {
  choices,
  duration,
  flowName,
  integer,
  invalid,
  json,
  longText,
  optional,
  positive,
  text,
  texts,
} from './field.ts'
import { journey } from './journey.ts'
import { given, type Route, route } from './route.ts'
import { list, record, ref } from './schemas.ts'

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'dead', 'discarded', 'quarantined']
const PAGE = Object.freeze({ default: 50, max: 500 })

const why = text('body', 'Why you do this; it is kept with the message or the control.')
const target = text('body', '`flow:NAME`, `connector:NAME`, `operation:CONNECTOR.NAME`, `tenant:NAME` or `key:KEY`.')
const forMs = optional(duration('body', "For how long: '30m'; without: until resumed."))

const choice = {
  works: optional(texts('body', 'Work ids.')),
  flow: optional(flowName('body', 'All dead letters of this flow.')),
  fingerprint: optional(text('body', 'All dead letters of this group.')),
  rate: optional(positive('body', 'Messages per second; unlimited without.', 100_000)),
  why,
}

/** Everything that the operator's desk can do, as HTTP. */
export const ROUTES: readonly Route[] = Object.freeze([
  route({
    method: 'GET',
    path: '/status',
    name: 'status',
    summary: 'What is happening, counted durably since the store was made.',
    fields: {},
    answer: ref('Status'),
    run: (_, desk) => desk.status(),
  }),
  route({
    method: 'GET',
    path: '/flows',
    name: 'flows',
    summary: 'What is declared.',
    fields: {},
    answer: record({ flows: list(ref('Flow')) }),
    run: (_, desk) => ({ flows: desk.flows() }),
  }),
  route({
    method: 'GET',
    path: '/messages',
    name: 'findMessages',
    summary: 'Work by state, flow, key, source or message id, newest first.',
    fields: {
      state: optional(choices('query', 'States, separated by commas.', STATES)),
      flow: optional(flowName('query', 'Flow name.')),
      key: optional(text('query', 'Ordering key.')),
      source: optional(text('query', 'Source name.')),
      id: optional(text('query', 'Message id.')),
      fingerprint: optional(text('query', 'Group of faults.')),
      after: optional(text('query', '`next` of the page before.')),
      limit: optional(integer('query', `Rows of a page; ${PAGE.default} without.`, [1, PAGE.max])),
    },
    answer: record({ items: list(ref('Work')) }, { next: { type: 'string' } }),
    run: ({ state, limit = PAGE.default, ...filter }, desk) =>
      desk.find({ ...given({ states: state, ...filter }), limit }),
  }),
  route({
    method: 'GET',
    path: '/messages/{id}',
    name: 'showMessage',
    summary: 'All that happened to one message, in every flow.',
    fields: { id: text('path', 'Message id or work id.') },
    answer: record({ items: list(ref('Journey')) }),
    run: async ({ id }, desk) => ({ items: (await desk.show(id)).map(journey) }),
  }),
  route({
    method: 'GET',
    path: '/why',
    name: 'why',
    summary: 'Why the messages of an ordering key do not move.',
    fields: { key: text('query', 'Ordering key.') },
    answer: record({ key: { type: 'string' }, lanes: list(ref('Why')) }),
    run: async ({ key }, desk) => ({ key, lanes: await desk.why(key) }),
  }),
  route({
    method: 'GET',
    path: '/dead',
    name: 'deadLetters',
    summary: 'Dead letters in groups by cause.',
    fields: {
      flow: optional(flowName('query', 'Flow name.')),
      limit: optional(integer('query', 'Groups at most.', [1, PAGE.max])),
    },
    answer: record({ groups: list(ref('DeadGroup')) }),
    run: async (filter, desk) => ({ groups: await desk.dead(given(filter)) }),
  }),
  ...(['replay', 'discard'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/dead/${verb}`,
      name: `${verb}DeadLetters`,
      summary:
        verb === 'replay'
          ? 'Runs dead letters again, at their place in the lane and with the same idempotency key.'
          : 'Drops dead letters; their lanes go on.',
      fields: choice,
      answer: ref('Moved'),
      run: async ({ why: reason, ...which }, desk) => {
        if (which.works === undefined && which.flow === undefined && which.fingerprint === undefined) {
          throw invalid('works', 'at least one of works, flow and fingerprint')
        }
        return { moved: await desk[verb]({ ...given(which), why: reason }) }
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/dead/edit',
    name: 'editDeadLetter',
    summary: 'Replays one dead letter with another body, checked against its contract first.',
    fields: {
      work: text('body', 'Work id.'),
      body: optional(json('body', 'The new body in base64, or as a JSON object or list.')),
      text: optional(longText('body', 'The new body as text, instead of `body`.')),
      why,
    },
    answer: ref('Moved'),
    run: async ({ work, body, text: typed, why: reason }, desk) => ({
      moved: await desk.edit(work, editedBody(body, typed), reason),
    }),
  }),
  route({
    method: 'GET',
    path: '/controls',
    name: 'controls',
    summary: 'Pauses, drains and limits that operators have set.',
    fields: {},
    answer: record({ controls: list(ref('Control')) }),
    run: (_, desk) => ({ controls: desk.controls() }),
  }),
  ...(['pause', 'drain'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/${verb}`,
      name: verb,
      summary:
        verb === 'pause'
          ? 'Takes nothing more of the target; its messages wait in their lanes.'
          : 'The same; `left` of the control tells how much of it is still at work.',
      fields: { target, for: forMs, why },
      answer: ref('Control'),
      run: ({ target: name, for: ms, why: reason }, desk) => desk[verb](name, { ...given({ forMs: ms }), why: reason }),
    }),
  ),
  route({
    method: 'POST',
    path: '/resume',
    name: 'resume',
    summary: 'Ends what an operator has set on the target.',
    fields: { target, why: optional(why) },
    answer: record({ target: { type: 'string' } }),
    run: async ({ target: name, why: reason = 'no reason given' }, desk) => {
      await desk.resume(name, reason)
      return { target: name }
    },
  }),
  route({
    method: 'POST',
    path: '/limit',
    name: 'limit',
    summary:
      'At most so many messages of a flow, connector or operation at work at the same time in one process, or so many calls a second in all processes.',
    fields: {
      target,
      concurrency: optional(integer('body', 'Messages at work at the same time, in one process.', [1, 4_096])),
      perSecond: optional(positive('body', 'Calls a second, in all processes together.', 1_000_000)),
      for: forMs,
      why,
    },
    answer: ref('Control'),
    run: ({ target: name, concurrency, perSecond, for: ms, why: reason }, desk) =>
      desk.limit(name, limitOf(concurrency, perSecond), { ...given({ forMs: ms }), why: reason }),
  }),
  route({
    method: 'GET',
    path: '/gates',
    name: 'gates',
    summary: 'Breakers, limits and what providers ask for: what holds calls back, since when, and until when.',
    fields: {},
    answer: record({ gates: list(ref('Gate')) }),
    run: (_, desk) => ({ gates: desk.gates() }),
  }),
  route({
    method: 'POST',
    path: '/gates/probe',
    name: 'probeGate',
    summary: 'Lets a closed gate try a call at once.',
    fields: { target: text('body', '`connector:NAME` or `operation:CONNECTOR.NAME`.'), why },
    answer: record({ gates: list(ref('Gate')) }),
    run: async ({ target: name, why: reason }, desk) => ({ gates: await desk.probe(name, reason) }),
  }),
  route({
    method: 'GET',
    path: '/audit',
    name: 'audit',
    summary: 'What operators did, newest first.',
    fields: {},
    answer: record({ entries: list(ref('AuditEntry')) }),
    run: async (_, desk) => ({ entries: await desk.audit() }),
  }),
])

function limitOf(concurrency: number | undefined, perSecond: number | undefined): Limit {
  if (concurrency !== undefined && perSecond === undefined) return { concurrency }
  if (perSecond !== undefined && concurrency === undefined) return { perSecond }
  throw invalid('concurrency', 'one of concurrency and perSecond')
}
