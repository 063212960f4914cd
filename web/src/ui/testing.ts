// What jsdom lacks and the components ask for.
import { vi } from 'vitest';

Object.defineProperty(window, 'matchMedia', {
  value: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
    addListener: vi.fn(),
    removeListener: vi.fn(),
  }),
});

Element.prototype.setPointerCapture = () => {};
document.elementFromPoint = () => null;
