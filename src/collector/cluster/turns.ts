/**
 * So many at once, and the others wait in their order.
 */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const createTurns = (most: number): InTurn => {
  let underWay = 0;
  const waiting: (() => void)[] = [];

  return async (work) => {
    if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay--;
    }
  };
};
