import { keygenExport as exports } from './import.ts'

/** Keygen, whose exports are read. */
export const keygen = { exports }
