import { beforeEach, expect, test } from 'vitest'
import { cartStore, countPieces, parseCart } from './store'

const lamp = {
  productId: 7,
  name: 'Lamp',
  imageUrl: '/lamp.svg',
  price: 49,
  currency: 'usd',
}

beforeEach(() => cartStore.restore([]))

test('adding a product twice adds up its pieces', () => {
  cartStore.add(lamp)
  cartStore.add(lamp, 2)
  expect(cartStore.current.lines).toEqual([{ ...lamp, quantity: 3 }])
  expect(countPieces(cartStore.current)).toBe(3)
})

test('a line never exceeds the most that an order can have', () => {
  cartStore.add(lamp, 5000)
  expect(cartStore.current.lines[0]?.quantity).toBe(999)
})

test('a changed cart is another order, and an unchanged one the same', () => {
  cartStore.add(lamp)
  const { referenceId } = cartStore.current
  cartStore.accept(7, { ...lamp, price: 50 })
  expect(cartStore.current.referenceId).toBe(referenceId)
  cartStore.setQuantity(7, 2)
  expect(cartStore.current.referenceId).not.toBe(referenceId)
})

test('an order empties the cart that it came from, and no other', () => {
  cartStore.add(lamp)
  const { referenceId } = cartStore.current
  cartStore.finish('another')
  expect(cartStore.current.lines).toHaveLength(1)
  cartStore.finish(referenceId)
  expect(cartStore.current.lines).toHaveLength(0)
})

test('a removal that is undone puts the line back in its place', () => {
  const mug = { ...lamp, productId: 8, name: 'Mug' }
  cartStore.add(lamp)
  cartStore.add(mug)
  const line = { ...lamp, quantity: 1 }
  cartStore.remove(7)
  cartStore.putBack(line, 0)
  cartStore.putBack(line, 0)
  expect(cartStore.current.lines.map(({ productId }) => productId)).toEqual([7, 8])
})

test('an order that ended unpaid can be made again from the same lines', () => {
  cartStore.add(lamp)
  const { referenceId, lines } = cartStore.current
  cartStore.renew()
  expect(cartStore.current.lines).toEqual(lines)
  expect(cartStore.current.referenceId).not.toBe(referenceId)
})

test('a stored cart that was tampered with loses only its bad lines', () => {
  const stored = {
    lines: [
      { ...lamp, quantity: 2 },
      { ...lamp, productId: 8, quantity: -1 },
      { ...lamp, productId: 9, quantity: 1e9 },
      { ...lamp, productId: 10, quantity: 1, currency: '<b>' },
      'nonsense',
    ],
    referenceId: '../../evil',
  }
  const cart = parseCart(stored)
  expect(cart.lines).toEqual([{ ...lamp, quantity: 2 }])
  expect(cart.referenceId).toMatch(/^web-[0-9a-f]{32}$/)
})

test.each(['focus', 'pageshow'])(
  'a tab that missed a change of another learns it at %s',
  (event) => {
    cartStore.add(lamp)
    const { referenceId } = cartStore.current
    localStorage.setItem('cart', JSON.stringify({ ...cartStore.current, isPlaced: true }))
    expect(cartStore.current.isPlaced).toBe(false)
    window.dispatchEvent(new Event(event))
    expect(cartStore.current).toMatchObject({ referenceId, isPlaced: true })
  },
)

test('a cart that could not be stored is not lost when its tab is looked at', () => {
  cartStore.add(lamp)
  localStorage.removeItem('cart')
  window.dispatchEvent(new Event('focus'))
  expect(cartStore.current.lines).toHaveLength(1)
})
