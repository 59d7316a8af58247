/** Where measurements go. Names follow OpenTelemetry. No cost when nobody listens: the field is absent then. */
export interface Meter {
  count(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** A duration or size for a histogram. */
  record(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
}
