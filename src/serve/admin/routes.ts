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
const target = text('body', '`flow:NAME` or `connector:NAME`.')
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
    summary: 'Pauses and limits that operators have set.',
    fields: {},
    answer: record({ controls: list(ref('Control')) }),
    run: (_, desk) => ({ controls: desk.controls() }),
  }),
  route({
    method: 'POST',
    path: '/pause',
    name: 'pause',
    summary: 'Stops a flow or a connector; its messages wait in their lanes.',
    fields: { target, for: forMs, why },
    answer: ref('Control'),
    run: ({ target: name, for: ms, why: reason }, desk) => desk.pause(name, { ...given({ forMs: ms }), why: reason }),
  }),
  route({
    method: 'POST',
    path: '/resume',
    name: 'resume',
    summary: 'Ends a pause and a limit.',
    fields: { target },
    answer: record({ target: { type: 'string' } }),
    run: async ({ target: name }, desk) => {
      await desk.resume(name)
      return { target: name }
    },
  }),
  route({
    method: 'POST',
    path: '/limit',
    name: 'limit',
    summary: 'At most so many messages of a flow or a connector at work at the same time, in one process.',
    fields: { target, concurrency: integer('body', 'Messages at work at the same time.', [1, 4_096]), for: forMs, why },
    answer: ref('Control'),
    run: ({ target: name, concurrency, for: ms, why: reason }, desk) =>
      desk.limit(name, concurrency, { ...given({ forMs: ms }), why: reason }),
  }),
])
