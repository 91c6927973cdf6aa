import { PageHeader } from '#components/shell/page-header.tsx'
import { TableSkeleton } from '#components/ui/data-table/table-skeleton.tsx'

/**
 * The shape of a list page while its rows are read. It stands in a Suspense of the page, below the check of who asks: a loading.tsx would
 * send its 200 before the page can answer with a redirect or a 404.
 */
export function ListSkeleton({ title, columns }: { title: string; columns: number }) {
  return (
    <>
      <PageHeader title={title} />
      <TableSkeleton columns={columns} rows={16} />
    </>
  )
}
