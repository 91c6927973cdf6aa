import { PageHeader } from '#components/shell/page-header.tsx'
import { TableSkeleton } from '#components/ui/data-table/table-skeleton.tsx'

/**
 * The shape of a list while its rows are read. Pages put it into a Suspense boundary after they know who asks, instead of a
 * loading.tsx: that would send 200 before somebody else's organization could be answered with 404.
 */
export function ListSkeleton({ title, columns }: { title: string; columns: number }) {
  return (
    <>
      <PageHeader title={title} />
      <TableSkeleton columns={columns} rows={16} />
    </>
  )
}
