/** A copy of what could be changed: what is frozen, or no plain value, stays itself, for it may be known by its identity. */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(copyOf)
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const copy = {}
  for (const [name, inner] of Object.entries(value))
    Object.defineProperty(copy, name, { value: copyOf(inner), writable: true, enumerable: true, configurable: true })
  return copy
}
