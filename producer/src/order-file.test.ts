import { randomUUID } from 'node:crypto'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORDER_BYTES_MAX, type OrderFileEntry, OrderFileError } from './order-file.ts'
import { readOrderFile, WHOLE_FILE_BYTES_MAX } from './order-file.ts'
import { createShop } from './shop.ts'
import { simulateOrder } from './simulate.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'order-file-'))
})
afterAll(() => rm(folder, { recursive: true }))

const shop = createShop(1)
const [first, second, third] = [0, 1, 2].map((index) =>
  simulateOrder({ shop, seed: 1, runId: 'test', index, now: Date.UTC(2026, 0, 1) }),
)

async function readAll(file: string): Promise<OrderFileEntry[]> {
  const entries: OrderFileEntry[] = []
  for await (const entry of readOrderFile(file)) entries.push(entry)
  return entries
}

async function read(content: string | Buffer): Promise<OrderFileEntry[]> {
  const file = path.join(folder, randomUUID())
  await writeFile(file, content)
  return readAll(file)
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(OrderFileError)
  const { message } = error as OrderFileError
  expect(message).not.toContain('\n')
  return message
}

describe('readOrderFile', () => {
  it('reads one order, on one line or on many', async () => {
    expect(await read(JSON.stringify(first))).toEqual([{ line: 1, position: 1, order: first }])
    expect(await read(`\n${JSON.stringify(first, null, 2)}\n`)).toEqual([
      { line: 2, position: 1, order: first },
    ])
  })

  it('reads an array in any layout and knows the line of each order', async () => {
    const pretty = JSON.stringify([first, second], null, 2)
    const secondLine = pretty.split('\n').indexOf('  },') + 2
    expect(await read(pretty)).toEqual([
      { line: 2, position: 1, order: first },
      { line: secondLine, position: 2, order: second },
    ])
    expect(await read(JSON.stringify([first, second]))).toMatchObject([{ line: 1 }, { line: 1 }])
  })

  it('reads one order a line and skips blank lines', async () => {
    const lines = [JSON.stringify(first), '', '  \r', JSON.stringify(second)]
    expect(await read(lines.join('\n'))).toEqual([
      { line: 1, position: 1, order: first },
      { line: 4, position: 2, order: second },
    ])
  })

  it('reads orders over several lines one behind the other', async () => {
    const text = [first, second].map((order) => JSON.stringify(order, null, 2)).join('\n')
    expect(await read(text)).toMatchObject([{ order: first }, { order: second }])
  })

  it('tolerates a byte order mark in each format', async () => {
    for (const content of [JSON.stringify(first), JSON.stringify([first], null, 1)]) {
      expect(await read(`\uFEFF${content}`)).toMatchObject([{ order: first }])
    }
  })

  it('names a bad line and goes on behind it, wherever it is', async () => {
    const good = JSON.stringify(first)
    const bad = ['{"orderId": "7', '7', '{}', `${good.slice(0, -1)},"a":1}`]
    for (const line of bad) {
      for (const at of [0, 1, 2]) {
        const lines = [good, JSON.stringify(second)]
        lines.splice(at, 0, line)
        const entries = await read(lines.join('\n'))
        expect(entries.map((entry) => 'order' in entry)).toEqual([0, 1, 2].map((n) => n !== at))
        expect(entries[at]).toMatchObject({ line: at + 1, position: at + 1 })
        expect(entries[at]).toHaveProperty('problems.0')
      }
    }
  })

  it('names a bad element of an array and goes on behind it', async () => {
    const [one, two] = [JSON.stringify(first), JSON.stringify(second)]
    for (const bad of ['7', 'nonsense', '{"a": tru}', '', '[]', '"text, with [ in it"']) {
      const entries = await read(`[${one},\n${bad},\n${two}]`)
      expect(entries).toMatchObject([{ order: first }, { position: 2 }, { order: second }])
      expect(entries[1]).toHaveProperty('problems.0')
    }
    expect(await read(`[${one},]`)).toMatchObject([{ order: first }, { position: 2 }])
  })

  it('says what is wrong with an order that is not valid', async () => {
    const [entry] = await read(JSON.stringify({ ...first, totalCents: 1 }))
    expect(entry).toMatchObject({ problems: [expect.stringContaining('totalCents is 1, but')] })
  })

  it('finds every order again, whatever its texts hold and however the array is laid out', async () => {
    const nasty = fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'ä', '😀', '\\"')
    const names = fc.array(fc.array(nasty, { minLength: 1, maxLength: 9 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(names, fc.nat(3), async (all, indent) => {
        const orders = all.map((parts) => ({ ...first, customerName: parts.join('') }))
        const entries = await read(JSON.stringify(orders, null, indent))
        expect(entries.map((entry) => 'order' in entry && entry.order)).toEqual(orders)
      }),
      { numRuns: 50 },
    )
  })

  it('gives no order at all from an array that is cut off', async () => {
    const whole = JSON.stringify([first, second, third], null, 2)
    for (let length = 1; length < whole.length; length += 7) {
      expect(await failure(read(whole.slice(0, length)))).toMatch(/is not JSON: .*(clos|line)/)
    }
  })

  it('says that something follows the array', async () => {
    expect(await failure(read(`${JSON.stringify([first])}\n{}`))).toContain('line 2: something')
  })

  it('says that a file without an order holds none', async () => {
    for (const content of ['', ' \n\n', '[]', '\uFEFF']) {
      expect(await failure(read(content))).toContain('holds no order: give it one order')
    }
  })

  it('says that a file is not JSON at all, and where', async () => {
    expect(await failure(read('hello\nworld\n'))).toContain('line 1: an order begins with {')
    expect(await failure(read(Buffer.from([0xff, 0x00, 0x12])))).toContain('is not JSON')
    expect(await failure(read('{\n "orderId": "1",\n'))).toContain('opened on line 1 is never')
  })

  it('says that a file does not exist, or is a folder', async () => {
    const missing = path.join(folder, 'missing.json')
    expect(await failure(readAll(missing))).toBe(`${missing} does not exist: check the path`)
    expect(await failure(readAll(folder))).toContain('is not a file')
  })

  it('names a line that is too long to be an order, and goes on behind it', async () => {
    const long = `{"a":"${'x'.repeat(ORDER_BYTES_MAX)}"}`
    const entries = await read([JSON.stringify(first), long, JSON.stringify(second)].join('\n'))
    expect(entries).toMatchObject([{ order: first }, { line: 2 }, { order: second }])
    expect(entries[1]).toMatchObject({ problems: [expect.stringContaining('is longer than')] })
  })

  it('refuses an array that is too large to hold', async () => {
    const file = path.join(folder, 'huge.json')
    const handle = await open(file, 'w')
    await handle.write('[\n')
    await handle.truncate(WHOLE_FILE_BYTES_MAX + 1)
    await handle.close()
    const message = await failure(readAll(file))
    expect(message).toContain('is larger than 256 MiB')
  })
})
