// A picture drawn anew, as the platform takes it: small enough, and without what cameras write beside it.

export interface Bounds {
  /** Pixels of the longer side. */
  side: number;
  bytes: number;
  /** Media types, the best first; the first that is small enough is taken. */
  kinds: string[];
}

/** Rejects with an Error when the file is no picture that this browser can show, or stays too large. */
export async function shrink(file: Blob, { side, bytes, kinds }: Bounds): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pencil = canvas.getContext('2d')!;
  pencil.fillStyle = 'white';
  pencil.fillRect(0, 0, canvas.width, canvas.height);
  pencil.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const kind of kinds) {
    for (const quality of kind === 'image/png' ? [1] : [0.9, 0.8, 0.65, 0.5, 0.3]) {
      const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, kind, quality));
      // What a browser cannot write it writes as PNG.
      if (small && small.type === kind && small.size <= bytes) return small;
    }
  }
  throw new Error('too large');
}
