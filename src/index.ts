// The public words. Re-exports only.
export { type App, type AppSpec, tieline } from './app.ts'
export type { ErrorCode } from './core/codes.ts'
export type { Duration } from './core/duration.ts'
export { type ErrorOptions, TielineError } from './core/error.ts'
export type { Fault } from './core/fault.ts'
export { type CurrencyDigits, decimal } from './core/money.ts'
export {
  type Checked,
  type Contract,
  type ContractSpec,
  contract,
  type DeclaredContract,
  type Issue,
  type ValueOf,
} from './declare/contract/contract.ts'
export type { ContractDescription, FieldDescription } from './declare/contract/describe.ts'
export type { JsonSchema } from './declare/contract/json-schema-of.ts'
export {
  type CurrencyOf,
  type FieldMeanings,
  type FieldSemantics,
  type MoneyUnit,
  majorUnitsOf,
  minorUnitsOf,
  type Personal,
} from './declare/contract/semantics.ts'
export type { Credential, SigningAlgorithm } from './declare/credential/credential.ts'
export {
  type ClientCredentialsOptions,
  clientCredentials,
  type JwtBearerOptions,
  jwtBearer,
  type RefreshTokenOptions,
  refreshToken,
} from './declare/credential/words.ts'
export {
  type BatchSpec,
  type Flow,
  type FlowSpec,
  flow,
  type NormalizerSpec,
  normalizer,
  type Priority,
  type Slo,
} from './declare/flow/flow.ts'
export { type DecimalOptions, decimalText } from './declare/mapping/codec/decimal-text.ts'
export { derive } from './declare/mapping/codec/derive.ts'
export { enumOf } from './declare/mapping/codec/enum-of.ts'
export { epochMillis, epochSeconds } from './declare/mapping/codec/epoch.ts'
export { lower, trim, upper } from './declare/mapping/codec/letter-case.ts'
export { lookup, Unmapped, unmapped } from './declare/mapping/codec/lookup.ts'
export { minorUnits, STRIPE_DIGITS } from './declare/mapping/codec/minor-units.ts'
export { type MappingRow, mappingRows } from './declare/mapping/document.ts'
export { type Join, join } from './declare/mapping/join.ts'
export { type Mapping, type MappingSpec, mapping, oneWayFields } from './declare/mapping/mapping.ts'
export { type MappingModule, moduleOf } from './declare/mapping/module.ts'
export type { Override } from './declare/mapping/override.ts'
export type { Fields, Ref, Value } from './declare/mapping/reference.ts'
export type { OneWay, TwoWay } from './declare/mapping/reverse.ts'
export { Skipped, skip } from './declare/mapping/skipped.ts'
export { type Piece, type Split, type SplitSpec, split } from './declare/mapping/split.ts'
export { fallback, optional, required } from './declare/mapping/word/absence.ts'
export { is, not, present, when } from './declare/mapping/word/choice.ts'
export { fixed, text } from './declare/mapping/word/constant.ts'
export { type Drop, drop } from './declare/mapping/word/drop.ts'
export { only } from './declare/mapping/word/narrow.ts'
export { at } from './declare/mapping/word/position.ts'
export { type AdaptiveOptions, adaptive } from './declare/policy/adaptive.ts'
export { type BreakerOptions, breaker } from './declare/policy/breaker.ts'
export { bulkhead } from './declare/policy/bulkhead.ts'
export type { RetrySpec } from './declare/policy/durable-retry.ts'
export { fallbackTo } from './declare/policy/fallback-to.ts'
export { hedge } from './declare/policy/hedge.ts'
export type { BudgetLayer, Each, Jitter, Json } from './declare/policy/layer.ts'
export { type Policy, policy, type RetryOptions, retry, timeout } from './declare/policy/policy.ts'
export { type RateLimitOptions, rateLimit } from './declare/policy/rate-limit.ts'
export { type AwsRetryBudgetOptions, type RetryBudgetOptions, retryBudget } from './declare/policy/retry-budget.ts'
export { type Saga, type SagaSpec, type StepContext, type StepSpec, saga } from './declare/saga/saga.ts'
export { type SecretRef, secret } from './declare/secret/secret.ts'
export { type CloudEvents, type CloudEventsOptions, cloudEvents } from './declare/source/cloud-events.ts'
export type { RateSpec } from './declare/source/rate.ts'
export {
  type Endpoint,
  type EndpointSpec,
  endpoint,
  type Source,
  type SourceEvent,
  type SourceSpec,
  source,
} from './declare/source/source.ts'
export {
  type BatchHalves,
  type BatchItem,
  type CallContext,
  type Connector,
  type FaultTable,
  type Idempotency,
  type ItemOutcome,
  type Operation,
  type OperationSpec,
  operation,
  type Quota,
  type RequestContext,
  type RequestParts,
  type ResponseParts,
} from './declare/target/operation.ts'
export { type MessageFacts, type Target, type TargetSpec, target } from './declare/target/target.ts'
export type { Clock } from './port/clock.ts'
export type { Http, HttpRequest, HttpResponse } from './port/http.ts'
export type { Log } from './port/log.ts'
export type { Secrets } from './port/secrets.ts'
export type { Store } from './port/store.ts'
