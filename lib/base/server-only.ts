// Marks a module as server code. package.json "imports" maps `#server-only` to nothing for browsers,
// so bundling such a module for a browser fails the build; in Node it is this empty module.
export {}
