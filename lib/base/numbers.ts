/** The largest whole number that an integer column of PostgreSQL holds. */
export const INT4_MAX = 2_147_483_647
