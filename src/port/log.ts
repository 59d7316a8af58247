export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Structured log: a stable event name and fields that hold no secret and no message body. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void
