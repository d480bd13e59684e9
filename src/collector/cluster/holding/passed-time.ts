/**
 * Milliseconds that have passed, at least as many as have passed for anybody else: a monotonic clock may stand still while the
 * machine sleeps, and the clock on the wall may be set back, but hardly both.
 */
export const passedTime = (monotonic = () => performance.now(), wall = () => Date.now()): (() => number) => {
  let passed = 0;
  let [steady, shown] = [monotonic(), wall()];
  return () => {
    const [nowSteady, nowShown] = [monotonic(), wall()];
    passed += Math.max(nowSteady - steady, nowShown - shown, 0);
    [steady, shown] = [nowSteady, nowShown];
    return passed;
  };
};
