import { useSyncExternalStore } from 'react'

/**
 * The cart of this browser. It survives reloads and sign-ins, and all tabs show the same. The price
 * of a line is the one that the customer saw: the catalogue has the price that counts.
 */

export const MAX_QUANTITY = 999
const MAX_LINES = 100
const STORAGE_KEY = 'cart'

export type CartLine = {
  productId: number
  quantity: number
  name: string
  imageUrl: string
  /** In major units of `currency`. */
  price: number
  currency: string
}

export type Cart = {
  lines: readonly CartLine[]
  /** The reference of the order that this cart becomes, kept over reloads until it is changed. */
  referenceId: string
  /** The order was asked for: it may exist at the server. */
  isPlaced: boolean
}

const listeners = new Set<() => void>()
let cart = read()

window.addEventListener('storage', (event) => {
  if (event.key === STORAGE_KEY || event.key === null) publish(read())
})
// A tab that was frozen, or kept for the way back, was not told of changes.
for (const event of ['focus', 'pageshow']) window.addEventListener(event, readAgain)

/** Return the cart, and render again when it changes. */
export function useCart(): Cart {
  return useSyncExternalStore(subscribe, () => cart)
}

export const cartStore = {
  get current(): Cart {
    return cart
  },
  /** Add pieces of a product, up to the most that one order can have. */
  add(product: Omit<CartLine, 'quantity'>, quantity = 1): void {
    const line = cart.lines.find(({ productId }) => productId === product.productId)
    const total = limited((line?.quantity ?? 0) + quantity)
    const others = cart.lines.filter((each) => each !== line)
    if (line === undefined && others.length >= MAX_LINES) return
    change(
      line === undefined
        ? [...cart.lines, { ...product, quantity: total }]
        : cart.lines.map((each) => (each === line ? { ...product, quantity: total } : each)),
    )
  },
  /** Set the quantity of a line; zero removes it. */
  setQuantity(productId: number, quantity: number): void {
    if (quantity < 1) cartStore.remove(productId)
    else change(cart.lines.map((each) => updated(each, productId, { quantity: limited(quantity) })))
  },
  remove(productId: number): void {
    change(cart.lines.filter((each) => each.productId !== productId))
  },
  /** Replace what was seen of a product, after the customer was told of the change. */
  accept(
    productId: number,
    seen: Pick<CartLine, 'name' | 'imageUrl' | 'price' | 'currency'>,
  ): void {
    write({ ...cart, lines: cart.lines.map((each) => updated(each, productId, seen)) })
  },
  /** Put a removed line back in its place, unless the product is in the cart again. */
  putBack(line: CartLine, index: number): void {
    if (cart.lines.some(({ productId }) => productId === line.productId)) return
    change(cart.lines.toSpliced(index, 0, line))
  },
  /** Remember whether the order of the cart may exist, so that the checkout resumes it. */
  setPlaced(referenceId: string, isPlaced: boolean): void {
    if (cart.referenceId === referenceId && cart.isPlaced !== isPlaced) write({ ...cart, isPlaced })
  },
  /** Let the cart become another order, after the one of its reference has ended unpaid. */
  renew(): void {
    change(cart.lines)
  },
  /** Replace all lines. */
  restore(lines: readonly CartLine[]): void {
    change(lines)
  },
  /** Empty the cart if it still is the one that became the order `referenceId`. */
  finish(referenceId: string): void {
    if (cart.referenceId === referenceId) write(emptyCart())
  },
}

/** Return the number of pieces of all lines. */
export function countPieces({ lines }: Cart): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

// Another content is another order: the reference of the earlier one would be refused.
function change(lines: readonly CartLine[]): void {
  write({ lines, referenceId: newReference(), isPlaced: false })
}

function updated(line: CartLine, productId: number, changes: Partial<CartLine>): CartLine {
  return line.productId === productId ? { ...line, ...changes } : line
}

function limited(quantity: number): number {
  return Math.min(MAX_QUANTITY, Math.max(1, Math.trunc(quantity)))
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function publish(next: Cart): void {
  cart = next
  for (const listener of listeners) listener()
}

function write(next: Cart): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next))
  } catch {
    // Storage is full or blocked: the cart lasts as long as this page.
  }
  publish(next)
}

/** Read the cart that another tab may have changed. One that was never stored stays as it is. */
function readAgain(): void {
  const stored = readText()
  if (stored !== null && stored !== JSON.stringify(cart)) publish(read())
}

function read(): Cart {
  try {
    return parseCart(JSON.parse(readText() ?? 'null'))
  } catch {
    return emptyCart()
  }
}

/** Return what is stored, or null without a cart, or while storage is blocked. */
function readText(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

/** Return the cart that was stored. Whatever is not a line of a cart is left out. */
export function parseCart(stored: unknown): Cart {
  if (!isRecord(stored) || !Array.isArray(stored.lines)) return emptyCart()
  const byProduct = new Map<number, CartLine>()
  for (const line of stored.lines.slice(0, MAX_LINES) as unknown[]) {
    if (isLine(line)) byProduct.set(line.productId, line)
  }
  const { referenceId } = stored
  const isReference = typeof referenceId === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(referenceId)
  return {
    lines: [...byProduct.values()],
    referenceId: isReference ? referenceId : newReference(),
    isPlaced: isReference && stored.isPlaced === true,
  }
}

function isLine(line: unknown): line is CartLine {
  return (
    isRecord(line) &&
    isCount(line.productId, Number.MAX_SAFE_INTEGER) &&
    isCount(line.quantity, MAX_QUANTITY) &&
    typeof line.name === 'string' &&
    typeof line.imageUrl === 'string' &&
    typeof line.price === 'number' &&
    Number.isFinite(line.price) &&
    typeof line.currency === 'string' &&
    /^[A-Za-z]{3}$/.test(line.currency)
  )
}

function isCount(value: unknown, limit: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= limit
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function emptyCart(): Cart {
  return { lines: [], referenceId: newReference(), isPlaced: false }
}

function newReference(): string {
  // `crypto.randomUUID` exists on secure pages only; a plain-HTTP demo has none.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
