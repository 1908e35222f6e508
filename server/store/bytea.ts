/** Arrays of sealed values as PostgreSQL takes them in binary: as text each byte would be two letters, written and read one by one. */

const BYTEA_OID = 17;
/** dimensions, "has nulls", element type, length, lower bound: five int32 before the elements (array_recv of PostgreSQL) */
const HEADER_BYTES = 20;

/** For a parameter that its statement calls `$n::bytea[]`; null elements become SQL's null. */
export function toByteaArray(values: readonly (Buffer | null)[]): Buffer {
  const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), HEADER_BYTES);
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  array.writeInt32BE(BYTEA_OID, 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = array.writeInt32BE(value?.length ?? -1, at);
    if (value !== null) at += value.copy(array, at);
  }
  return array;
}
