import '#server-only'

/**
 * One value for the whole process, made when it is first asked for. The production server loads modules twice (Node itself, and inside
 * Next's bundle); what both have to share is kept here.
 */
export function perProcess<Value extends object>(name: string, make: () => Value): Value {
  const holder = globalThis as { latchkey?: Map<string, object> }
  holder.latchkey ??= new Map()
  let value = holder.latchkey.get(name)
  if (!value) {
    value = make()
    holder.latchkey.set(name, value)
  }
  return value as Value
}
