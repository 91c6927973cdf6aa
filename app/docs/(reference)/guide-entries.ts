/** The parts of the first page, in their order. */
export const guideEntries = [
  { id: 'authentication', title: 'Authentication' },
  { id: 'conventions', title: 'Requests and answers' },
  { id: 'paging', title: 'Paging, sorting and filters' },
  { id: 'idempotency', title: 'Sending a request again' },
  { id: 'conditions', title: 'Changing what others change' },
  { id: 'dry-run', title: 'Trying without doing' },
  { id: 'metadata', title: 'Metadata and tags' },
  { id: 'versions', title: 'Versions' },
  { id: 'errors', title: 'Errors' },
  { id: 'rate-limits', title: 'Rate limits' },
] as const
