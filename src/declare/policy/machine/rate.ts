import type { RateLimitLayer } from '../layer.ts'
import { type BucketState, bucketMachine } from './bucket.ts'
import type { Machine } from './machine.ts'
import { type WindowState, windowMachine } from './window.ts'

export type RateState = BucketState | WindowState

export function rateMachine(layer: RateLimitLayer): Machine<RateState> {
  return (layer.by === 'token bucket' ? bucketMachine(layer) : windowMachine(layer)) as Machine<RateState>
}
