import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { Stepper } from './Stepper'

function Quantity({ max }: { max: number }) {
  const [value, setValue] = useState(1)
  return (
    <>
      <Stepper value={value} max={max} label="Quantity" onChange={setValue} />
      <output>{value}</output>
    </>
  )
}

test('buttons and arrow keys move the number within its limits', async () => {
  const user = userEvent.setup()
  render(<Quantity max={3} />)
  await user.click(screen.getByRole('button', { name: 'One less' }))
  expect(screen.getByRole('status').textContent).toBe('1')
  await user.click(screen.getByRole('button', { name: 'One more' }))
  await user.type(screen.getByRole('textbox'), '{ArrowUp}{ArrowUp}{ArrowUp}')
  expect(screen.getByRole('status').textContent).toBe('3')
})

test('a typed number counts when the field is left, limited to what is possible', async () => {
  const user = userEvent.setup()
  render(<Quantity max={12} />)
  const field = screen.getByRole('textbox')
  await user.clear(field)
  await user.type(field, '50')
  expect(screen.getByRole('status').textContent).toBe('1')
  await user.tab()
  expect(screen.getByRole('status').textContent).toBe('12')
})

test('a field that is left empty keeps its number', async () => {
  const user = userEvent.setup()
  render(<Quantity max={12} />)
  await user.clear(screen.getByRole('textbox'))
  await user.tab()
  expect(screen.getByRole('textbox').getAttribute('value')).toBe('1')
})
