import '#server-only'
import { notFound } from 'next/navigation'
import { isRefusal } from '../base/errors.ts'

/** What a query found for a page; its NOT_FOUND is the not-found page. */
export async function found<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    if (isRefusal(error) && error.code === 'NOT_FOUND') notFound()
    throw error
  }
}
