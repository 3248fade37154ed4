const idleMs = 60_000
let lastMs = 0

if (typeof window !== 'undefined')
  for (const act of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
    window.addEventListener(
      act,
      () => {
        lastMs = performance.now()
      },
      { capture: true, passive: true },
    )

/** Nobody has touched this page for a while: what it asks, it asks by itself. */
export const isUntouched = (): boolean => typeof window !== 'undefined' && performance.now() - lastMs > idleMs
