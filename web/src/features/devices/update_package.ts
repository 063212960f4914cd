// What an update package says of itself (docs/decisions/0011), read before it is sent. Whether it is signed
// is for the controller to say.
export interface PackageHead {
  product: string;
  architecture: string;
  version: string;
  /** The oldest version that it may be installed over. */
  minimum: string;
}

const magic = 'SALLYPORTUPDATE1';
const head_limit = 4096;
export const package_limit = 64 << 20;

const words: (keyof PackageHead)[] = ['product', 'architecture', 'version', 'minimum'];

/** null: no update package. */
export function headOf(bytes: Uint8Array): PackageHead | null {
  const start = magic.length + 4;
  if (bytes.length < start || new TextDecoder().decode(bytes.subarray(0, magic.length)) !== magic)
    return null;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length, true);
  if (size > head_limit || bytes.length < start + size) return null;
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(start, start + size))) as PackageHead;
    return words.every((word) => typeof head[word] === 'string') ? head : null;
  } catch {
    return null;
  }
}

export type Comparison = 'newer' | 'same' | 'older' | 'too_far' | 'unknown';

function numbersOf(version: string): number[] | null {
  const found = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})$/.exec(version.trim());
  return found ? found.slice(1).map(Number) : null;
}

function order(a: number[], b: number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** What the package would be to a controller with that version. */
export function compare(head: PackageHead, firmware: string): Comparison {
  const [own, there, least] = [numbersOf(head.version), numbersOf(firmware), numbersOf(head.minimum)];
  if (!own || !there || !least) return 'unknown';
  const by = order(own, there);
  if (by === 0) return 'same';
  if (by < 0) return 'older';
  return order(there, least) < 0 ? 'too_far' : 'newer';
}

const piece_bytes = 384 * 1024; // a multiple of three: pieces of base64 without padding

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(text);
}

/** Sends piece after piece; answers with the version that will be installed. */
export async function sendPackage(
  bytes: Uint8Array,
  send: (piece: { offset: number; total: number; piece: string }) => Promise<{ staged: string | null }>,
  onSent: (share: number) => void,
): Promise<string | null> {
  let staged: string | null = null;
  for (let offset = 0; offset < bytes.length; offset += piece_bytes) {
    const piece = base64(bytes.subarray(offset, offset + piece_bytes));
    ({ staged } = await send({ offset, total: bytes.length, piece }));
    onSent(Math.min(1, (offset + piece_bytes) / bytes.length));
  }
  return staged;
}
