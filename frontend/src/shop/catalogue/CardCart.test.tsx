import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import type { ProductView } from '../../api/types'
import { Announcer } from '../../ui/Announcer'
import { cartStore } from '../cart/store'
import { CardCart } from './CardCart'

const lamp: ProductView = {
  id: 7,
  name: 'Arc Desk Lamp',
  description: 'A lamp.',
  sku: 'LGT-ARC-01',
  imageUrl: '/lamp.svg',
  estimatedPrice: 149,
  currency: 'usd',
  tags: [],
  category: 'Lighting',
  status: 'Available',
  inStock: true,
  stockLeft: 2,
  createdBy: null,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
}

beforeEach(() => cartStore.restore([]))

test('a product is added where it stands, and the number of its pieces takes the focus', async () => {
  const user = userEvent.setup()
  render(<CardWithAnnouncer product={lamp} />)
  await user.click(screen.getByRole('button', { name: 'Add to cart: Arc Desk Lamp' }))
  expect(cartStore.current.lines).toMatchObject([{ productId: 7, quantity: 1, price: 149 }])
  expect(screen.getByRole('status').textContent).toBe('Arc Desk Lamp: 1 in your cart')
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'One more' }))
})

test('the cart never has more pieces than are left', async () => {
  const user = userEvent.setup()
  render(<CardWithAnnouncer product={lamp} />)
  await user.click(screen.getByRole('button', { name: 'Add to cart: Arc Desk Lamp' }))
  const more = screen.getByRole('button', { name: 'One more' })
  await user.dblClick(more)
  await user.dblClick(more)
  expect(cartStore.current.lines).toMatchObject([{ quantity: 2 }])
})

test('the last piece less takes the product out of the cart again', async () => {
  const user = userEvent.setup()
  render(<CardWithAnnouncer product={lamp} />)
  await user.click(screen.getByRole('button', { name: 'Add to cart: Arc Desk Lamp' }))
  await user.click(screen.getByRole('button', { name: 'One less' }))
  expect(cartStore.current.lines).toHaveLength(0)
  expect(screen.getByRole('status').textContent).toContain('no longer in your cart')
  expect(document.activeElement?.textContent).toBe('Add to cart')
})

test('a product that is sold out has no button', () => {
  render(<CardWithAnnouncer product={{ ...lamp, inStock: false, stockLeft: 0 }} />)
  expect(screen.queryByRole('button')).toBeNull()
  expect(screen.getByText('Sold out')).toBeTruthy()
})

function CardWithAnnouncer({ product }: { product: ProductView }) {
  return (
    <>
      <CardCart product={product} />
      <Announcer />
    </>
  )
}
