import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAdmin } from '../admin/admin.ts'
import { createHealth } from '../health/health.ts'
import { createCounts } from '../metrics/request-counts.ts'
import { Arrival, type Door } from './arrival.ts'
import { readBody, turnAway } from './body.ts'
import { answerClientError, workOn } from './client-error.ts'
import { checkHeaders, checkJsonType, checkLength } from './header-check.ts'
import { GATEWAY_LIMITS, type GatewayLimits } from './limits.ts'
import { drain, listen } from './listening.ts'
import { createLoad } from './load.ts'
import type { GatewayOptions } from './options.ts'
import { createProbes } from './probes.ts'
import { type Problem, problem } from './problem.ts'
import { createReceivers, type Receiver } from './receivers.ts'

/** The HTTP side: webhooks, CloudEvents, health, metrics, admin. */
export interface Gateway {
  /** @throws {TielineError} CONFIG_INVALID when the address cannot be listened on */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /** Answers 503 to every new event, with this reason, until `resume`. */
  hold(reason: string): void
  resume(): void
  /**
   * Stops listening, lets requests under way finish and answers 503 to new ones on open connections. After `graceMs` what is left is cut.
   */
  close(graceMs?: number): Promise<void>
}

const DEFAULTS = Object.freeze({ host: '127.0.0.1', port: 4400 })
const GRACE_MS = 10_000
const IN = '/in/'

/**
 * Makes the gateway; `listen` starts it.
 * @throws {TielineError} DECLARATION_INVALID for two endpoints of one name, two of the scheme `cloudevents`, or one without its secret
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { endpoints, intake, desk, clock, log, host = DEFAULTS.host, port = DEFAULTS.port } = options
  const limits: GatewayLimits = { ...GATEWAY_LIMITS, ...options.limits }
  const load = createLoad(limits.heldBytes)
  const receivers = createReceivers(options, limits, load)
  const cloudEvents = endpoints.filter(({ scheme }) => scheme === 'cloudevents')
  const events =
    cloudEvents.find(({ name }) => name === 'events') ?? (cloudEvents.length === 1 ? cloudEvents[0] : undefined)
  const admin = createAdmin({ desk, host, token: options.adminToken, load, log, maxHeaders: limits.headers })
  const other: Door = { counts: createCounts('other'), load, maxBytes: 0, receive: async () => {} }
  const probes = createProbes({
    desk,
    health: createHealth(desk, clock),
    load,
    admittance: intake.admittance,
    counts: () => [...receivers.values()].map(({ door }) => door.counts).concat(admin.counts, other.counts),
  })

  const server = createServer(
    {
      IncomingMessage: Arrival,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
      requireHostHeader: false, // node:http would answer without a problem
    },
    onRequest,
  )
  server.maxConnections = limits.connections
  server.maxHeadersCount = limits.headers + 1 // one more than is taken: node:http would drop the rest silently
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest) // any other expectation is ignored
  server.on('error', (error) => log('error', 'gateway.server-failed', { message: error.message }))
  server.on('clientError', (error: Error, socket) => answerClientError(error, socket as Socket, other.counts))

  function onRequest(arrival: Arrival, response: ServerResponse): void {
    arrival.response = response
    arrival.door = other
    load.active++
    workOn(arrival)
    const url = arrival.url ?? ''
    if (arrival.headers.host === undefined && arrival.httpVersion === '1.1') {
      turnAway(arrival, NO_HOST)
    } else if (url.startsWith(IN)) {
      const query = url.indexOf('?', IN.length)
      take(arrival, receivers.get(query < 0 ? url.slice(IN.length) : url.slice(IN.length, query)))
    } else if (url.startsWith('/admin/v1/')) {
      arrival.door = admin
      proceed(arrival, (load.draining ? load.held : undefined) ?? admin.check(arrival))
    } else if (url === '/events' || url.startsWith('/events?')) {
      take(arrival, events === undefined ? undefined : receivers.get(events.name))
    } else if (!probes.answer(arrival, url)) {
      turnAway(arrival, problem('NOT_FOUND', 'nothing is at this path'))
    }
  }

  function take(arrival: Arrival, receiver: Receiver | undefined): void {
    if (receiver === undefined) {
      turnAway(arrival, problem('NOT_FOUND', 'no source of this name is declared'))
      return
    }
    arrival.door = receiver.door
    if (arrival.method !== 'POST') proceed(arrival, POST_ONLY)
    else if (load.held !== undefined) proceed(arrival, load.held)
    else {
      const wrong =
        receiver.refuses(load.heldBytes / load.maxHeldBytes) ??
        checkHeaders(arrival, limits.headers) ??
        (receiver.json ? checkJsonType(arrival) : undefined)
      proceed(arrival, wrong ?? checkLength(arrival, receiver.door.maxBytes))
    }
  }

  return {
    listen: () => listen(server, host, port),
    hold(reason) {
      load.held = problem('STORE_UNAVAILABLE', reason)
    },
    resume() {
      if (!load.draining) load.held = undefined
    },
    close: (graceMs = GRACE_MS) => {
      load.draining = true
      load.held = problem('STOPPING', 'the gateway is shutting down')
      return drain(server, clock, log, graceMs)
    },
  }
}

const NO_HOST = problem('HEADERS_REFUSED', 'the Host header is missing') // RFC 9112 section 3.2
const POST_ONLY = problem('METHOD_REFUSED', 'only POST is taken here', { headers: ['Allow', 'POST'] })

function proceed(arrival: Arrival, refused: Problem | undefined): void {
  if (refused !== undefined) {
    turnAway(arrival, refused)
    return
  }
  if (awaitsContinue(arrival)) arrival.response.writeContinue()
  readBody(arrival)
}

/** RFC 9110 section 10.1.1: for HTTP/1.1 alone. */
function awaitsContinue({ headers: { expect }, httpVersion }: Arrival): boolean {
  return expect !== undefined && httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(expect)
}
