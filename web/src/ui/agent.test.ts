import { describe, expect, it } from 'vitest';

import { agentText } from './agent';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const chrome = `${webkit} Chrome/156.0.0.0 Safari/537.36`;
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)';

describe('the name that a browser gives itself', () => {
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${chrome}`, 'Chrome 156, Linux'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Edg/156.0.0.0`, 'Edge 156, Windows'],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.4 Safari/605.1`,
      'Safari 18, macOS',
    ],
    [`${iphone} ${webkit} CriOS/140.0 Mobile/15E148 Safari/604.1`, 'Chrome 140, iOS'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox 140, Android'],
    ['curl/7.88.1', 'curl/7.88.1'],
    ['', ''],
  ])('%s', (agent, text) => expect(agentText(agent)).toBe(text));
});
