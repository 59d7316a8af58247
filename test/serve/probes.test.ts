import { describe, expect, it } from 'vitest'
import { signGithub } from '../../src/adapter/signature/index.ts'
import type { Desk } from '../../src/engine/desk.ts'
import type { Clock } from '../../src/port/clock.ts'
import { createHealth } from '../../src/serve/health/health.ts'
import { observe, standsStill } from '../../src/serve/health/progress.ts'
import { exposition } from '../../src/serve/metrics/exposition.ts'
import { createCounts } from '../../src/serve/metrics/request-counts.ts'
import { GITHUB_SECRET, STATUS, startRig } from './rig.ts'

describe('/health/ready', () => {
  const at = (ms: { now: number }): Clock => ({
    now: () => ms.now,
    mono: () => ms.now,
    sleep: () => new Promise(() => {}),
  })
  const desk = (status: () => Promise<typeof STATUS>, more: Partial<Desk> = {}): Desk =>
    ({ status, controls: () => [], ...more }) as Desk

  it('is not ready when the engine says so, with its reason', async () => {
    const status = async () => ({ ...STATUS, ready: false, reason: 'the disk is full' })
    await expect(createHealth(desk(status), at({ now: 0 })).ready()).resolves.toMatchObject({
      ready: false,
      reason: 'the disk is full',
      pending: 1,
    })
  })

  it('is not ready when the store does not answer, fails, or is late', async () => {
    const late: Clock = { ...at({ now: 0 }), sleep: async () => {} }
    await expect(
      createHealth(
        desk(() => new Promise(() => {})),
        late,
      ).ready(),
    ).resolves.toMatchObject({
      ready: false,
      reason: 'the store did not answer within 2000 ms',
    })
    await expect(
      createHealth(
        desk(() => Promise.reject(new Error('x'))),
        at({ now: 0 }),
      ).ready(),
    ).resolves.toEqual({
      ready: false,
      reason: 'the store does not answer',
    })
  })

  it('is not ready while work that could run stands still, unless an operator or a retry holds it', async () => {
    const time = { now: 0 }
    let status = { ...STATUS, pending: 3, oldestMs: 500_000 }
    let controls: ReturnType<Desk['controls']> = []
    const health = createHealth(
      desk(async () => status, { controls: () => controls }),
      at(time),
    )
    expect((await health.ready()).ready).toBe(true)
    time.now = 121_000
    await expect(health.ready()).resolves.toMatchObject({ ready: false, reason: expect.stringContaining('121 s') })
    controls = [{ target: 'flow:pay', kind: 'pause', why: 'x', sinceMs: 0 }]
    expect((await health.ready()).ready).toBe(true)
    controls = []
    status = { ...status, waiting: 1 }
    expect((await health.ready()).ready).toBe(true)
    status = { ...status, waiting: 0, delivered: status.delivered + 1 }
    expect((await health.ready()).ready).toBe(true)
  })

  it('counts from the last progress', () => {
    const first = observe(undefined, STATUS, 10)
    expect(observe(first, STATUS, 99)).toBe(first)
    expect(observe(first, { ...STATUS, skipped: 9 }, 99).sinceMs).toBe(99)
    const options = { stallMs: 100, paused: false }
    expect(standsStill({ ...STATUS, pending: 0, oldestMs: 0 }, first, 9_999, options)).toBe(false)
    expect(standsStill(STATUS, first, 111, options)).toBe(true)
    expect(standsStill(STATUS, first, 110, options)).toBe(false)
  })
})

describe('/metrics', () => {
  it('is Prometheus text with help, types and escaped labels', () => {
    const counts = createCounts('stripe')
    counts.classes[2] = 7
    const status = { ...STATUS, flows: [{ flow: 'a"b\\c\n', pending: 2 }] }
    const pressure = { level: 1, shed: [{ source: 'stripe', priority: 'bulk', requests: 3 }] } as const
    const text = exposition({ status, requests: [counts], active: 1, heldBytes: 10, pressure })
    expect(text).toContain('# TYPE tieline_messages_accepted_total counter\ntieline_messages_accepted_total 5\n')
    expect(text).toContain('tieline_messages_pending{flow="a\\"b\\\\c\\n"} 2\n')
    expect(text).toContain('tieline_gateway_requests_total{source="stripe",status_class="2xx"} 7\n')
    expect(text).toContain('tieline_gateway_shed_total{source="stripe",class="bulk"} 3\n')
    expect(text).toContain('tieline_pressure_level 1\n')
    expect(text).toContain('tieline_messages_oldest_age_seconds 1.5\n')
    expect(text).toContain('# TYPE tieline_messages_quarantined gauge\n')
    // A counter only goes up. What operators can bring down again is a gauge, and has no _total.
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)/gm))
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(new Set(families).size).toBe(families.length)
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="(?:[^"\\\n]|\\.)*"(?:,\w+="[^"]*")*\})? -?[\d.e+]+)$/,
      )
    }
  })

  it('counts answers and refusals by declared source, whatever is asked for', async () => {
    await using rig = await startRig()
    await rig.post('/in/github', '{}', { 'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from('{}')) })
    await rig.post('/in/github', '{}')
    for (let i = 0; i < 3; i++) await rig.post(`/in/made-up-${i}`, '{}')
    const answer = await rig.get('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.text).toContain('tieline_gateway_requests_total{source="github",status_class="2xx"} 1\n')
    expect(answer.text).toContain('tieline_gateway_refusals_total{source="github",code="SIGNATURE_REFUSED"} 1\n')
    expect(answer.text).toContain('tieline_gateway_refusals_total{source="other",code="NOT_FOUND"} 3\n')
    expect(answer.text).not.toContain('made-up')
    expect(answer.text).toContain('tieline_ready 1\n')
  })

  it('still tells its own counts when the store does not answer', async () => {
    await using rig = await startRig({ desk: { status: () => Promise.reject(new Error('x')) } })
    const { status, text } = await rig.get('/metrics')
    expect(status).toBe(200)
    expect(text).toContain('tieline_ready 0\n')
    expect(text).not.toContain('tieline_messages_')
  })
})
