import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { LoginStatus } from '../../api/types'
import { CodeForm } from './CodeForm'
import { loginQuery } from './queries'

const PENDING = { email: 'ann@example.com', loginId: 'a' }

function showCodeForm(login: Partial<LoginStatus>, requestedAt = 0) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { enabled: false } } })
  queryClient.setQueryData(loginQuery(PENDING.loginId).queryKey, {
    status: 'PENDING',
    codeStatus: 'SENT',
    attemptsLeft: 5,
    expiresAt: null,
    resendAfter: null,
    resendAt: null,
    ...login,
  })
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queryClient}>
        <CodeForm
          pending={{ ...PENDING, requestedAt }}
          onCode={() => Promise.resolve()}
          onRequested={() => {}}
        />
      </QueryClientProvider>
    </MantineProvider>,
  )
}

test('a code that was sent can be entered', () => {
  showCodeForm({})
  expect(screen.getByLabelText('Six-digit code')).toBe(document.activeElement)
})

test('a code that could not be delivered leaves only the way to a new one', () => {
  showCodeForm({ codeStatus: 'ERROR_SENDING_EMAIL' })
  expect(screen.getByRole('alert').textContent).toContain('could not be delivered')
  expect(screen.queryByLabelText('Six-digit code')).toBeNull()
  expect(screen.getByRole('button', { name: 'Send a new code' })).toBeTruthy()
})

test('a sign-in that has ended leaves only the way to a new code', () => {
  showCodeForm({ status: 'FAILED' })
  expect(screen.getByRole('alert').textContent).toContain('no longer valid')
  expect(screen.queryByLabelText('Six-digit code')).toBeNull()
})

test('a code that is not sent after some seconds is said to be late', () => {
  showCodeForm({ codeStatus: 'PENDING' })
  expect(screen.getByRole('status').textContent).toContain('We keep trying to send it')
  expect(screen.getByLabelText('Six-digit code')).toBeTruthy()
  expect(screen.queryByText(/spam/)).toBeNull()
})

test('a code that has just been requested is not late', () => {
  showCodeForm({ codeStatus: 'PENDING' }, Date.now())
  expect(screen.queryByRole('status')).toBeNull()
})
