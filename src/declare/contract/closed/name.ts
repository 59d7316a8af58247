/** Names that every object answers to. A checker asks `name in value`, and would find them where the document has nothing. */
export function isEverywhere(name: string): boolean {
  return name in Object.prototype
}

/** What libraries leave out of objects with free keys, and a checker would let through. */
export const NO_PROTO: Readonly<Record<string, boolean>> = Object.freeze({ '^__proto__$': false })
