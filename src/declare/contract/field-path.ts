/** How deep the compiler follows a type: a type that contains itself has no end. */
type Fewer = [never, 0, 1, 2, 3, 4, 5, 6]

type Scalar = string | number | boolean | bigint | null | undefined

/**
 * Paths of a value's type: `'id' | 'address' | 'address.city' | 'lines' | 'lines[]' | 'lines[].sku'`, seven steps deep. A type that says
 * nothing (`unknown`) takes any text.
 */
export type FieldPath<T, Depth extends number = 6> = unknown extends T ? string : Below<T, Depth>

// distributes over unions: a path of one alternative is a path
type Below<T, Depth extends number> = [Depth] extends [never]
  ? never
  : T extends Scalar
    ? never
    : T extends readonly (infer Item)[]
      ? '[]' | `[]${Joined<Item, Fewer[Depth]>}`
      : { [K in keyof T & string]: K | `${K}${Joined<T[K], Fewer[Depth]>}` }[keyof T & string]

type Joined<T, Depth extends number> = T extends Scalar
  ? never
  : T extends readonly unknown[]
    ? Below<T, Depth>
    : `.${Below<T, Depth>}`
