/** Files of items: bytes in, objects or rows out. */

export { type ColumnMap, guessColumns, type ItemField, itemFields, itemOf } from './columns.ts'
export { type FileItem, type FileRow, type ItemFile, readItemFile } from './read.ts'
