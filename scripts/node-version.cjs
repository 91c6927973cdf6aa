// Loaded before any script (node -r): an older Node cannot even read the .ts file that would say so.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Latchkey needs Node 22.18 or later (24 is best), this is ${process.version}. Get it from https://nodejs.org`,
  )
  process.exit(1)
}
