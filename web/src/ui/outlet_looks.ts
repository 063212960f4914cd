/** How StateWord shows an OutletState, wherever one stands. */
export const outletLooks = {
  off: 'off',
  connecting: 'waiting',
  connected: 'good',
  ready: 'good',
  failing: 'bad',
} as const;
