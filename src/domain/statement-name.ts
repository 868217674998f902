/**
 * A file name for a customer of any name: readable letters first, then a hash that tells apart names which differ only in
 * case or in characters that file systems do not take. Stable: it depends on the customer's key alone.
 */
export function statementFileName(customerId: string): string {
  const readable = customerId
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40);
  return `${readable === '' ? 'customer' : readable}-${fnv1a64(customerId)}.csv`;
}

/** FNV-1a, 64 bit, over the UTF-8 bytes, as 16 hexadecimal digits. Not for secrets: only to keep names apart. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
