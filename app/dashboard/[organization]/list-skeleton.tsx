import { PageHeader } from '#components/shell/page-header.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { TableSkeleton } from '#components/ui/data-table/table-skeleton.tsx'

/**
 * The shape of a list while its rows are read; every table has one with its columns. Pages put it into a Suspense boundary after they
 * know who asks, instead of a loading.tsx: that would send 200 before somebody else's organization could be answered with 404.
 */
export function ListSkeleton({ title, columns }: { title: string; columns: readonly Column<never>[] }) {
  return (
    <>
      <PageHeader title={title} />
      <TableSkeleton columns={columns} rows={16} />
    </>
  )
}
