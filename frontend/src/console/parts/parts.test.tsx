import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { Button } from './Button'
import { ConfirmDialog } from './ConfirmDialog'
import { countText } from './Count'
import { agoText, durationText } from './duration'
import { JsonView } from './JsonView'
import { type Answer, useQuestion } from './useQuestion'
import { topsOf, windowOf } from './windowing'

test('a bounded count says that there may be more', () => {
  expect(countText({ number: 1000, isExact: false })).toBe('≥ 1,000')
  expect(countText({ number: 12, isExact: true })).toBe('12')
})

test('durations have their two largest units', () => {
  expect(durationText(130)).toBe('130 ms')
  expect(durationText(200_000)).toBe('3 m 20 s')
  expect(durationText(7_200_000)).toBe('2 h')
  expect(agoText(0, 90_000)).toBe('1 m ago')
  expect(agoText(90_000, 0)).toBe('in 1 m')
  expect(agoText(0, 1000)).toBe('now')
})

test('only the rows near the screen are drawn', () => {
  const tops = topsOf(Array.from({ length: 5000 }, () => 30))
  expect(windowOf(tops, 3000, 3900, 10)).toEqual({ first: 90, last: 141 })
  expect(windowOf(tops, -500, 100, 10)).toEqual({ first: 0, last: 14 })
  expect(windowOf(topsOf([]), 0, 900, 10)).toEqual({ first: 0, last: 0 })
})

test('a forbidden button says why, and does nothing', async () => {
  const run = vi.fn<() => void>()
  render(
    <Button refusal="Only the role admin may do this." onClick={run}>
      Erase
    </Button>,
  )
  const button = screen.getByRole('button', { name: 'Erase' })
  await userEvent.click(button)
  expect(run).not.toHaveBeenCalled()
  expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'Only the role admin may do this.',
  )
})

test('a grave action needs its reason and its word', async () => {
  const run = vi.fn<(answer: Answer) => Promise<void>>(() => Promise.resolve())
  function Asked() {
    const question = useQuestion({ name: 'twelve', run, onClose: () => undefined })
    return (
      <ConfirmDialog
        question={question}
        title="Cancel 12 orders"
        confirm="Cancel them"
        danger="grave"
        typed="12"
      >
        Their stock returns.
      </ConfirmDialog>
    )
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <Asked />
      </MantineProvider>
    </QueryClientProvider>,
  )
  const button = await screen.findByRole('button', { name: 'Cancel them' })
  await userEvent.click(button)
  expect(run).not.toHaveBeenCalled()
  await userEvent.type(screen.getByLabelText('Reason'), 'wrong price')
  await userEvent.type(screen.getByLabelText('Type 12 to confirm'), '12')
  await userEvent.dblClick(button)
  expect(run).toHaveBeenCalledOnce()
  expect(run.mock.calls[0]?.[0]).toEqual({ reason: 'wrong price', typed: '12' })
})

test('JSON shows large integers as they are written', () => {
  render(<JsonView value={{ id: '9007199254740993', empty: [], none: null }} />)
  expect(screen.getByText('"9007199254740993"')).toBeTruthy()
  expect(screen.getByText('null')).toBeTruthy()
})
