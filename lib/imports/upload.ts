// How files are uploaded; browsers need it, and nothing else of an import's schema.

/** Through the dashboard; `npm run import` has no limit. */
export const UPLOAD_BYTES_MAX = 50 * 1024 * 1024
/** Small enough for one server action. */
export const PART_BYTES = 512 * 1024
