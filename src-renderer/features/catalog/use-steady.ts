import { useEffect, useRef, useState } from "react";

/** A function that stays the same between renders, so that thousands of cards need not render again. */
export function useSteady<In extends unknown[]>(act: (...input: In) => void): (...input: In) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const [steady] = useState(
    () =>
      (...input: In) =>
        latest.current(...input),
  );
  return steady;
}
