import { act, render, renderHook, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { KeyboardListener } from '../keyboard/KeyboardListener'
import { useColumns } from './columns'
import { DataTable } from './DataTable'
import { filtersText, isFiltered } from './filters'
import { useSelection } from './selection'
import { readViews, useViews } from './views'

type Row = { id: string; state: string }
const ROWS: Row[] = [
  { id: 'a', state: 'Pending' },
  { id: 'b', state: 'Confirmed' },
]
const COLUMNS = [
  { key: 'id', label: 'Id', isFixed: true, render: (row: Row) => row.id },
  {
    key: 'state',
    label: 'State',
    sorts: ['newest', 'oldest'] as const,
    render: (row: Row) => row.state,
  },
]

function renderTable(onOpen: (row: Row) => void, onSort: (sort: string) => void = () => undefined) {
  return render(
    <>
      <DataTable
        caption="Rows"
        columns={COLUMNS}
        rows={ROWS}
        idOf={(row) => row.id}
        nameOf={(row) => row.id}
        onOpen={onOpen}
        renderDetails={(row) => `details of ${row.id}`}
        sort={{ value: 'newest', onChange: onSort }}
      />
      <KeyboardListener />
    </>,
  )
}

test('j, k and Enter walk to a row and open it; e shows its details', async () => {
  const open = vi.fn<(row: Row) => void>()
  renderTable(open)
  await userEvent.keyboard('jjk')
  await userEvent.keyboard('{Enter}')
  expect(open).toHaveBeenCalledWith(ROWS[0])
  await userEvent.keyboard('e')
  expect(screen.getByText('details of a')).toBeTruthy()
})

test('a head sorts the other way the second time', async () => {
  const sort = vi.fn<(sort: string) => void>()
  renderTable(() => undefined, sort)
  await userEvent.click(screen.getByRole('button', { name: 'Sort by State' }))
  expect(sort).toHaveBeenCalledWith('oldest')
})

test('a selection ends when the filters change', () => {
  const { result, rerender } = renderHook(({ filters }) => useSelection(filters), {
    initialProps: { filters: 'state=Pending' },
  })
  act(() => result.current.togglePage(['a', 'b']))
  expect([...result.current.ids]).toEqual(['a', 'b'])
  act(() => result.current.selectAll())
  expect(result.current.isSelected('of another page')).toBe(true)
  rerender({ filters: 'state=Confirmed' })
  expect(result.current.isEmpty).toBe(true)
})

test('chosen columns are remembered, and fixed ones always shown', () => {
  const first = renderHook(() => useColumns('test', COLUMNS))
  act(() => first.result.current.toggle('state'))
  const again = renderHook(() => useColumns('test', COLUMNS))
  expect(again.result.current.shown.map((column) => column.key)).toEqual(['id'])
})

test('a view of the same name replaces the older one', () => {
  const { result } = renderHook(() => useViews('test'))
  act(() => result.current.save({ name: 'mine', search: { state: 'Pending' }, columns: [] }))
  act(() => result.current.save({ name: 'mine', search: { state: 'Failed' }, columns: [] }))
  expect(result.current.views.map((view) => view.search)).toEqual([{ state: 'Failed' }])
})

test('what is no view is left out', () => {
  expect(readViews('nonsense')).toEqual([])
  expect(readViews([{ name: 'a', search: { state: 1, key: 'k' } }, 7])).toEqual([
    { name: 'a', search: { key: 'k' }, columns: [] },
  ])
})

test('a place in a list is no filter', () => {
  expect(isFiltered({ cursor: 'x', sort: 'newest', state: undefined })).toBe(false)
  expect(filtersText({ state: 'Pending', machine: 'order' })).toBe('machine=order&state=Pending')
})
