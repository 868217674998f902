/** Jitter only: nothing that is written anywhere depends on it. In [0, 1). */
export const random = (): number => Math.random();
