import avsc from 'avsc'

const VARINT_BYTES_MAX = 10
/** More items than this that take no bytes at all (such as nulls) are no order's array. */
const EMPTY_ITEMS_MAX = 10_000

type Skip = (cursor: Cursor) => void

/**
 * Builds a check that bytes hold exactly one value of a type. The Avro library believes the counts
 * it reads: six bytes that announce four thousand million items keep it busy, and growing, until
 * the process dies. This check walks over the value without building it and stops at the end of
 * the bytes. It throws an `Error` that says what is wrong.
 */
export function compileBoundsCheck(type: avsc.Type): (bytes: Buffer) => void {
  const skip = compile(type, new Map())
  return (bytes) => {
    const cursor = new Cursor(bytes)
    skip(cursor)
    if (cursor.left > 0) throw new Error(`${cursor.left} bytes too many`)
  }
}

class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  advance(count: number): void {
    if (count < 0) throw new Error(`a length of ${count}`)
    if (count > this.left) throw new Error('the bytes end in the middle of a value')
    this.#at += count
  }

  /** A zigzag varint; beyond 2^53 only its size matters here. */
  readLong(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
      const byte = this.#bytes[this.#at]
      this.advance(1)
      value += ((byte ?? 0) & 0x7f) * scale
      if ((byte ?? 0) < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 128
    }
    throw new Error('a number of more than 10 bytes')
  }
}

function compile(type: avsc.Type, named: Map<avsc.Type, Skip>): Skip {
  const known = named.get(type)
  if (known) return known
  // A type may contain itself: it is known under a name before its parts are.
  let skip: Skip = () => undefined
  named.set(type, (cursor) => skip(cursor))
  skip = compileNew(type, named)
  return skip
}

function compileNew(type: avsc.Type, named: Map<avsc.Type, Skip>): Skip {
  const { types } = avsc
  if (type instanceof types.LogicalType) return compile(type.underlyingType, named)
  if (type instanceof types.RecordType) {
    const fields = type.fields.map((field) => compile(field.type, named))
    return (cursor) => fields.forEach((skip) => skip(cursor))
  }
  if (type instanceof types.ArrayType) return skipBlocks(compile(type.itemsType, named))
  if (type instanceof types.MapType) {
    const value = compile(type.valuesType, named)
    return skipBlocks((cursor) => {
      cursor.advance(cursor.readLong())
      value(cursor)
    })
  }
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType) {
    return skipUnion(type.types.map((branch) => compile(branch, named)))
  }
  if (type instanceof types.FixedType) return (cursor) => cursor.advance(type.size)
  return skipPrimitive(type.typeName)
}

function skipPrimitive(name: string): Skip {
  switch (name) {
    case 'null':
      return () => undefined
    case 'boolean':
      return (cursor) => cursor.advance(1)
    case 'float':
      return (cursor) => cursor.advance(4)
    case 'double':
      return (cursor) => cursor.advance(8)
    case 'int':
    case 'long':
    case 'enum':
      return (cursor) => void cursor.readLong()
    case 'bytes':
    case 'string':
      return (cursor) => cursor.advance(cursor.readLong())
    default:
      throw new Error(`unknown Avro type ${name}`)
  }
}

function skipUnion(branches: Skip[]): Skip {
  return (cursor) => {
    const index = cursor.readLong()
    const branch = branches[index]
    if (!branch) throw new Error(`branch ${index} of a union of ${branches.length}`)
    branch(cursor)
  }
}

/** Arrays and maps come in blocks: a count, negative when the block's size in bytes follows. */
function skipBlocks(item: Skip): Skip {
  return (cursor) => {
    for (;;) {
      const count = cursor.readLong()
      if (count === 0) return
      const size = count < 0 ? cursor.readLong() : null
      const before = cursor.left
      skipItems(cursor, item, Math.abs(count))
      // The library jumps by this size over a field it does not need, also backwards and for ever.
      if (size !== null && before - cursor.left !== size) throw new Error(`a block size of ${size}`)
    }
  }
}

function skipItems(cursor: Cursor, item: Skip, count: number): void {
  let empty = 0
  for (let i = 0; i < count; i += 1) {
    const before = cursor.left
    item(cursor)
    if (cursor.left === before) empty += 1
    if (empty > EMPTY_ITEMS_MAX) throw new Error(`${count} items of no bytes`)
  }
}
