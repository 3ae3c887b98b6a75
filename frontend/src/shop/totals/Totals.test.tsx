import { MantineProvider } from '@mantine/core'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { type Amounts, Totals } from './Totals'

const AMOUNTS: Amounts = {
  currency: 'usd',
  subtotal: 49,
  shippingCost: 10,
  taxAmount: 0,
  totalPrice: 59,
}

function show(amounts: Amounts | undefined) {
  render(<Totals amounts={amounts} />, { wrapper: MantineProvider })
  return screen.getAllByRole('definition').map((each) => each.textContent)
}

test('without a tax the sums have no line for it', () => {
  expect(show(AMOUNTS)).toEqual(['$49.00', '$10.00', '$59.00'])
})

test('a tax has its line', () => {
  expect(show({ ...AMOUNTS, taxAmount: 4, totalPrice: 63 })).toEqual([
    '$49.00',
    '$10.00',
    '$4.00',
    '$63.00',
  ])
})

test('shipping that costs nothing is free, but not of nothing', () => {
  expect(show({ ...AMOUNTS, shippingCost: 0 })[1]).toBe('Free')
})

test('the shipping of a cart of which nothing can be bought is not free', () => {
  expect(show({ ...AMOUNTS, subtotal: 0, shippingCost: 0, totalPrice: 0 })[1]).toBe('$0.00')
})

test('unknown sums keep their places', () => {
  expect(show(undefined)).toEqual(['', '', ''])
})
