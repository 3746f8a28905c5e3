import { readAvroSchema, type AvroSchema, type RecordSchema } from './avro-schema.ts'
import { ByteCursor } from './byte-cursor.ts'

type Read = (cursor: ByteCursor) => unknown

/** What the readers of one pair of schemas have in common: records that are being compiled. */
interface Compiler {
  readers: Map<string, Read>
  skippers: Map<string, Read>
}

/** More items than these that take no bytes at all are no data. */
const EMPTY_ITEMS_MAX = 10_000
const INT_MIN = -(2 ** 31)
const INT_MAX = 2 ** 31 - 1
const FLOAT_BYTES = 4
const DOUBLE_BYTES = 8

/**
 * Compiles the way from bytes of the writer's schema to a value of the reader's, by the rules of
 * Avro for schema resolution. Throws where the reader cannot read what that writer writes; what it
 * returns throws where bytes are not exactly one value. A union of the writer has to be readable
 * in all its branches.
 */
export function compileAvroReader(
  writerJson: unknown,
  readerJson: unknown,
): (b: Buffer) => unknown {
  const compiler: Compiler = { readers: new Map(), skippers: new Map() }
  const read = resolve(readAvroSchema(writerJson), readAvroSchema(readerJson), compiler)
  return (bytes) => {
    const cursor = new ByteCursor(bytes)
    const value = read(cursor)
    if (cursor.left > 0) throw new Error(`${cursor.left} bytes too many`)
    return value
  }
}

function resolve(writer: AvroSchema, reader: AvroSchema, compiler: Compiler): Read {
  if (writer.kind === 'union') {
    return branching(writer.branches.map((branch) => resolve(branch, reader, compiler)))
  }
  switch (reader.kind) {
    case 'union':
      return resolveFirst(writer, reader.branches, compiler)
    case 'record':
      if (writer.kind === 'record') return resolveRecord(writer, reader, compiler)
      break
    case 'array':
      if (writer.kind === 'array') return listReader(resolve(writer.items, reader.items, compiler))
      break
    case 'map':
      if (writer.kind === 'map') return mapReader(resolve(writer.items, reader.items, compiler))
      break
    case 'enum':
      if (writer.kind === 'enum' && writer.name === reader.name) return enumReader(writer, reader)
      break
    case 'fixed':
      if (writer.kind === 'fixed' && writer.name === reader.name && writer.size === reader.size) {
        return (cursor) => Buffer.from(cursor.take(reader.size))
      }
      break
    case 'null':
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'bytes':
    case 'string': {
      const promoted = promote(writer.kind, reader.kind)
      if (promoted) return promoted
    }
  }
  throw new Error(`cannot read ${nameOf(writer)} as ${nameOf(reader)}`)
}

function resolveFirst(writer: AvroSchema, branches: AvroSchema[], compiler: Compiler): Read {
  for (const branch of branches) {
    try {
      return resolve(writer, branch, compiler)
    } catch {
      continue
    }
  }
  throw new Error(`cannot read ${nameOf(writer)} as any branch of a union`)
}

function resolveRecord(writer: RecordSchema, reader: RecordSchema, compiler: Compiler): Read {
  if (writer.name !== reader.name) throw new Error(`${writer.name} is not ${reader.name}`)
  const known = compiler.readers.get(writer.name)
  if (known) return known
  let read: Read = () => undefined
  compiler.readers.set(writer.name, (cursor) => read(cursor))
  const wanted = new Map(reader.fields.map((field) => [field.name, field]))
  const steps = writer.fields.map(({ name, schema }) => {
    const field = wanted.get(name)
    const step = field ? resolve(schema, field.schema, compiler) : skipper(schema, compiler)
    return { name, isWanted: field !== undefined, step }
  })
  const written = new Set(writer.fields.map(({ name }) => name))
  const defaults = reader.fields
    .filter(({ name }) => !written.has(name))
    .map(({ name, fallback }) => {
      if (fallback) return [name, fallback.value] as const
      throw new Error(`${writer.name} lacks ${name}, which has no default`)
    })
  read = (cursor) => {
    const value: Record<string, unknown> = Object.fromEntries(defaults)
    for (const { name, isWanted, step } of steps) {
      const part = step(cursor)
      if (isWanted) value[name] = part
    }
    return value
  }
  return read
}

function promote(writer: string, reader: string): Read | null {
  switch (reader) {
    case 'null':
      return writer === 'null' ? () => null : null
    case 'boolean':
      return writer === 'boolean' ? takeBoolean : null
    case 'int':
      return writer === 'int' ? takeInt : null
    case 'long':
      return takeNumber(writer, ['int', 'long'])
    case 'float':
      return takeNumber(writer, ['int', 'long', 'float'])
    case 'double':
      return takeNumber(writer, ['int', 'long', 'float', 'double'])
    case 'string':
      return isText(writer) ? (cursor) => cursor.take(cursor.takeLong()).toString('utf8') : null
    case 'bytes':
      return isText(writer) ? (cursor) => Buffer.from(cursor.take(cursor.takeLong())) : null
    default:
      return null
  }
}

function isText(kind: string): boolean {
  return kind === 'string' || kind === 'bytes'
}

function takeNumber(writer: string, allowed: string[]): Read | null {
  if (!allowed.includes(writer)) return null
  if (writer === 'int') return takeInt
  if (writer === 'long') return (cursor) => cursor.takeLong()
  if (writer === 'float') return (cursor) => cursor.take(FLOAT_BYTES).readFloatLE()
  return (cursor) => cursor.take(DOUBLE_BYTES).readDoubleLE()
}

function takeInt(cursor: ByteCursor): number {
  const value = cursor.takeLong()
  if (value < INT_MIN || value > INT_MAX) throw new Error(`${value} is no int`)
  return value
}

function takeBoolean(cursor: ByteCursor): boolean {
  const byte = cursor.take(1).readUInt8()
  if (byte > 1) throw new Error(`${byte} is no boolean`)
  return byte === 1
}

function enumReader(
  writer: AvroSchema & { kind: 'enum' },
  reader: AvroSchema & { kind: 'enum' },
): Read {
  return (cursor) => {
    const index = cursor.takeLong()
    const symbol = writer.symbols[index]
    if (symbol === undefined) throw new Error(`symbol ${index} of ${writer.name}`)
    if (reader.symbols.includes(symbol)) return symbol
    if (reader.fallback !== null) return reader.fallback
    throw new Error(`${symbol} is no symbol of ${reader.name}`)
  }
}

function branching(branches: Read[]): Read {
  return (cursor) => {
    const index = cursor.takeLong()
    const branch = branches[index]
    if (!branch) throw new Error(`branch ${index} of a union of ${branches.length}`)
    return branch(cursor)
  }
}

function listReader(item: Read): Read {
  return (cursor) => {
    const items: unknown[] = []
    walkBlocks(cursor, () => items.push(item(cursor)))
    return items
  }
}

function mapReader(value: Read): Read {
  return (cursor) => {
    const entries: [string, unknown][] = []
    walkBlocks(cursor, () => {
      const key = cursor.take(cursor.takeLong()).toString('utf8')
      entries.push([key, value(cursor)])
    })
    return Object.fromEntries(entries)
  }
}

/** Blocks of a count and items; a negative count is followed by the size of the block in bytes. */
function walkBlocks(cursor: ByteCursor, takeItem: () => void): void {
  let empty = 0
  for (;;) {
    const count = cursor.takeLong()
    if (count === 0) return
    const size = count < 0 ? cursor.takeLong() : null
    const before = cursor.left
    for (let i = 0; i < Math.abs(count); i += 1) {
      const atItem = cursor.left
      takeItem()
      if (cursor.left === atItem) empty += 1
      if (empty > EMPTY_ITEMS_MAX) throw new Error(`${count} items of no bytes`)
    }
    if (size !== null && before - cursor.left !== size) throw new Error(`a block size of ${size}`)
  }
}

/** Walks over what the reader does not want: only where it ends matters, not what it says. */
function skipper(schema: AvroSchema, compiler: Compiler): Read {
  switch (schema.kind) {
    case 'null':
      return () => undefined
    case 'boolean':
      return (cursor) => cursor.take(1)
    case 'float':
      return (cursor) => cursor.take(FLOAT_BYTES)
    case 'double':
      return (cursor) => cursor.take(DOUBLE_BYTES)
    case 'int':
    case 'long':
    case 'enum':
      return (cursor) => cursor.takeBigLong()
    case 'bytes':
    case 'string':
      return (cursor) => cursor.take(cursor.takeLong())
    case 'fixed':
      return (cursor) => cursor.take(schema.size)
    case 'union':
      return branching(schema.branches.map((branch) => skipper(branch, compiler)))
    case 'array':
      return blockSkipper(skipper(schema.items, compiler))
    case 'map': {
      const value = skipper(schema.items, compiler)
      return blockSkipper((cursor) => {
        cursor.take(cursor.takeLong())
        value(cursor)
      })
    }
    case 'record':
      return recordSkipper(schema, compiler)
  }
}

function blockSkipper(item: Read): Read {
  return (cursor) => walkBlocks(cursor, () => item(cursor))
}

function recordSkipper(schema: RecordSchema, compiler: Compiler): Read {
  const known = compiler.skippers.get(schema.name)
  if (known) return known
  let steps: Read[] = []
  const skip: Read = (cursor) => steps.forEach((step) => step(cursor))
  compiler.skippers.set(schema.name, skip)
  steps = schema.fields.map((field) => skipper(field.schema, compiler))
  return skip
}

function nameOf(schema: AvroSchema): string {
  return 'name' in schema ? schema.name : schema.kind
}
