// A picture as the platform takes it: JPEG, small, without what cameras write beside it.
const side = 640;
const bytes_at_most = 100 * 1024;

/** Rejects with an Error when the file is no picture that this browser can show. */
export async function shrink(file: Blob): Promise<Blob> {
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
  for (const quality of [0.9, 0.8, 0.65, 0.5, 0.3]) {
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (small && small.size <= bytes_at_most) return small;
  }
  throw new Error('too large');
}
