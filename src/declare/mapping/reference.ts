declare const carries: unique symbol
declare const omits: unique symbol
declare const walks: unique symbol

/** An expression that will be a T when a message is there. It is data, so it can be drawn, checked and compiled. */
export interface Value<out T> {
  readonly [carries]: T
}

/** A value that leaves its field out when there is none: made by `optional(…)`, taken by optional fields only. */
export interface Omissible<out T> {
  readonly [omits]: T
}

export type Nil = null | undefined
type Leaf = string | number | boolean | bigint | symbol | Nil
/** The part of T that has fields. */
type Solid<T> = Exclude<T, Leaf>
/** The part of T that says that nothing is there. */
export type Gap<T> = Extract<T, Nil>

/** A typed reference into a source document: `event.data.amount`. A null on the way makes the whole reference nullable. */
export type Ref<T> = [Solid<T>] extends [never]
  ? Value<T>
  : Solid<T> extends readonly (infer E)[]
    ? ListRef<T, E>
    : ObjectRef<T>

export type ObjectRef<T> = Value<T> & { readonly [K in keyof Solid<T>]-?: Ref<Solid<T>[K] | Gap<T>> }

/** What can be done with the items of a list of E. `index` is the place of an item in the source's list, counted from 0. */
export interface Walk<T, out E> {
  readonly [walks]?: E
  /** One target item per source item: `lines: order.lines.each((line) => ({ sku: line.sku }))`. A null list gives null. */
  readonly each: <R, const F extends Field<R>>(
    item: (item: Ref<E>, index: Value<number>) => F & Known<F, NoInfer<R>>,
  ) => Value<R[] | Gap<T>>
  /**
   * One list of the lists of all items, one level: `order.parcels.flat((parcel) => parcel.items.each((item) => ({ … })))`. An item whose
   * list is null or absent adds nothing.
   */
  readonly flat: <R>(item: (item: Ref<E>, index: Value<number>) => Value<readonly R[] | Nil>) => Value<R[] | Gap<T>>
  /** Only the items for which the test holds, with the reason why the others stay behind. */
  readonly where: (test: (item: Ref<E>, index: Value<number>) => Value<boolean>, why: string) => Walk<T, E>
}

export interface ListRef<T, E> extends Value<T>, Walk<T, E> {}

/** The left side: every field of the target takes a value, a constant, or a literal with its own fields. */
export type Fields<M> = {
  readonly [K in keyof M]: Partial<Pick<M, K>> extends Pick<M, K>
    ? Field<Exclude<M[K], undefined>> | Omissible<Exclude<M[K], undefined>>
    : Field<M[K]>
}

/** A reference is no literal: an object that may be null must not pass for one whose fields may be. */
type Literal<T> = Fields<T> & { readonly [carries]?: never; readonly [omits]?: never }

export type Field<T> =
  | Value<T>
  | Extract<T, string | number | boolean | null>
  | ([Solid<T>] extends [never] ? never : Solid<T> extends readonly unknown[] ? never : Literal<Solid<T>>)

/** What the contract has no field for does not compile: a returned literal gets no excess-property check of its own. */
export type Known<F, M> = unknown extends M
  ? unknown
  : F extends Value<unknown> | Omissible<unknown> | Leaf
    ? unknown
    : {
        readonly [K in keyof F]: K extends keyof Solid<M>
          ? Known<F[K], Solid<M>[K]>
          : `the contract has no field '${K & string}'`
      }

/** What may stand where a value is made: a reference, a word, a constant, or a literal of such. */
export type Part = Value<unknown> | string | number | boolean | null | PartFields
export interface PartFields {
  readonly [field: string]: Part | Omissible<unknown>
}

/** What a part is when a message is there. */
export type Made<P> =
  P extends Value<infer T>
    ? T
    : P extends Leaf
      ? P
      : Simple<
          { -readonly [K in keyof P as P[K] extends Omissible<unknown> ? never : K]: Made<P[K]> } & {
            -readonly [K in keyof P as P[K] extends Omissible<unknown> ? K : never]?: P[K] extends Omissible<infer T>
              ? T
              : never
          }
        >
type Simple<T> = { [K in keyof T]: T[K] }
