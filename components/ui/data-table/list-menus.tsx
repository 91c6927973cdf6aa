'use client'
import { Button } from '../button.tsx'
import { Menu, MenuRadioGroup, MenuSeparator } from '../menu.tsx'
import type { Column } from './column.ts'

/** Sorting for phones, where the table's headers are not shown. */
export function SortMenu<Row>({
  columns,
  sort,
  dir,
  onSort,
}: {
  columns: readonly Column<Row>[]
  sort: string
  dir: 'asc' | 'desc'
  onSort: (sort: string, dir: 'asc' | 'desc') => void
}) {
  const choices = columns.filter((column) => column.sort)
  if (choices.length < 2) return null
  return (
    <Menu
      trigger={
        <Button variant="ghost" className="sm:hidden">
          Sort
        </Button>
      }
    >
      <MenuRadioGroup
        label="Sort by"
        value={sort}
        onValueChange={(next) => onSort(next, dir)}
        options={choices.map((column) => ({ value: column.id, label: column.header }))}
      />
      <MenuSeparator />
      <MenuRadioGroup
        label="Order"
        value={dir}
        onValueChange={(next) => onSort(sort, next === 'asc' ? 'asc' : 'desc')}
        options={[
          { value: 'asc', label: 'Ascending' },
          { value: 'desc', label: 'Descending' },
        ]}
      />
    </Menu>
  )
}
