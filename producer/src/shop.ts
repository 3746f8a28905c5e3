import { faker } from '@faker-js/faker/locale/en'

/** What is sold. The price is in cents of the shop's currency. */
export interface Product {
  sku: string
  name: string
  unitPriceCents: number
}

/** Who buys. */
export interface Customer {
  id: string
  name: string
  email: string
}

/** Things of which the first are chosen most often. */
export interface Ranked<T> {
  entries: readonly T[]
  /** For each entry the sum of its weight and of all before it, whole numbers. */
  weightSums: readonly number[]
}

/** The world that orders come from: the same for the same seed. */
export interface Shop {
  products: Ranked<Product>
  customers: Ranked<Customer>
  currency: string
}

const PRODUCT_COUNT = 60
const CUSTOMER_COUNT = 250
const PRICE_MIN = 2
const PRICE_MAX = 240
/** The weight of the first of a ranking; the second has half of it, the third a third (Zipf). */
const FIRST_WEIGHT = 1_000_000

/** Makes up a catalogue and its customers from a seed, in about 10 ms. */
export function createShop(seed: number): Shop {
  // faker's own generator is shared by the process: seeded here and used up before we return.
  faker.seed(seed)
  return {
    products: ranked(createProducts()),
    customers: ranked(createCustomers()),
    currency: 'EUR',
  }
}

function createProducts(): Product[] {
  const names = faker.helpers.uniqueArray(() => faker.commerce.productName(), PRODUCT_COUNT)
  const numbers = faker.helpers.uniqueArray(() => faker.string.numeric(5), PRODUCT_COUNT)
  return names.map((name, at) => ({
    sku: `${lastWord(name).slice(0, 4).toUpperCase()}-${numbers[at]}`,
    name,
    unitPriceCents: faker.number.int({ min: PRICE_MIN, max: PRICE_MAX }) * 100 - 1,
  }))
}

function createCustomers(): Customer[] {
  const person = () => `${faker.person.firstName()} ${faker.person.lastName()}`
  const names = faker.helpers.uniqueArray(person, CUSTOMER_COUNT)
  const ids = faker.helpers.uniqueArray(() => faker.string.hexadecimal(ID_SHAPE), CUSTOMER_COUNT)
  return names.map((name, at) => ({ id: `C-${ids[at]}`, name, email: emailOf(name) }))
}

const ID_SHAPE = { length: 6, prefix: '', casing: 'lower' } as const

// example.com belongs to nobody, so no real person is ever written to.
function emailOf(name: string): string {
  return `${name
    .toLowerCase()
    .replaceAll(' ', '.')
    .replaceAll(/[^a-z.]/g, '')}@example.com`
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1)
}

function ranked<T>(entries: readonly T[]): Ranked<T> {
  let sum = 0
  // Whole numbers, so that the choice is the same on every machine.
  const weightSums = entries.map((_entry, rank) => (sum += Math.floor(FIRST_WEIGHT / (rank + 1))))
  return { entries, weightSums }
}
